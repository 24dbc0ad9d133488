using System.Net;
using System.Security.Cryptography;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>Writes one field of a Secret, conditionally on the version that was read, and settles by reading what was left open.</summary>
internal sealed class KubernetesWriter(KubernetesApi api)
{
    private readonly KubernetesSecrets _secrets = new(api);

    /// <summary>Writes as <see cref="IWritableSecretStore.WriteAsync"/> says.</summary>
    public async Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        var value = Encode(write);
        try
        {
            using var current = await _secrets.GetAsync("write", write.Location, cancellationToken);
            return KubernetesDraft.Standing(write, value, current) ?? await ApplyAsync(write, value, current, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    private static byte[] Encode(SecretWrite write)
    {
        if (write.Value.Length <= KubernetesDraft.MaxBytes)
        {
            var value = JsonFields.Encode(write.Value, write.Location, "write");
            if (value.Length <= KubernetesDraft.MaxBytes)
            {
                return value;
            }

            CryptographicOperations.ZeroMemory(value);
        }

        throw new SecretStoreException(
            write.Location.Store, "write", write.Location, isTransient: false,
            "the value is larger than 1 MiB, the most that a Secret holds.");
    }

    private async Task<SecretVersion> ApplyAsync(
        SecretWrite write, byte[] value, KubernetesSecret? current, CancellationToken cancellationToken)
    {
        KubernetesDraft.RequireWritable(write, value, current);
        var body = KubernetesDraft.Compose(write, _secrets.Target("write", write.Location).Name, value, current);
        try
        {
            var call = current is null ? _secrets.Create(write.Location, body) : _secrets.Patch("write", write.Location, body);
            return await SendAsync(call, write, value, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    // Whatever leaves it open whether the write landed is settled by reading: the token tells.
    private async Task<SecretVersion> SendAsync(KubernetesCall call, SecretWrite write, byte[] value, CancellationToken cancellationToken)
    {
        SecretStoreException failure;
        try
        {
            using var answer = await api.SendAsync(call, cancellationToken);
            if (answer.IsSuccess)
            {
                return new(api.Take(call, answer, KubernetesMetadata.Parse).ResourceVersion);
            }

            failure = answer.Status == HttpStatusCode.Conflict || (call.IsPatch && KubernetesFailures.IsAbsent(answer))
                ? KubernetesDraft.Conflict(write, "the Secret was changed, made or removed by somebody else meanwhile.")
                : api.Failure(call, answer);
        }
        catch (StoreUnreachableException fault) when (fault.MayHaveHappened)
        {
            failure = fault;
        }

        if (failure is not SecretConflictException && !failure.IsTransient)
        {
            throw failure;
        }

        using var current = await _secrets.GetAsync("write", write.Location, cancellationToken);
        return KubernetesDraft.Landed(write, value, current) ?? throw failure;
    }
}
