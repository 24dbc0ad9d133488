using System.Net;
using System.Security.Cryptography;
using System.Text;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>Writes secrets: conditionally where the engine keeps versions, else by reading before and after.</summary>
/// <remarks>The condition is the version that came in the same answer as the fields that are merged. Before the fields, the write's token
/// is
/// noted in the secret's custom metadata with the version that it is to make, so that a repeat after a crash finds it.</remarks>
internal sealed class VaultWrites(VaultApi api, VaultReads reads, VaultMetadata metadata)
{
    /// <summary>Largest value in bytes of UTF-8.</summary>
    public const int LargestValue = 64 * 1024;

    private const int LargestObject = 512 * 1024; // what the smallest usual storage backend takes
    private static readonly IReadOnlyList<string> s_write = ["create", "read", "update", "patch"];
    private readonly VaultPlainWrites _plain = new(api, reads);
    private volatile bool _isPatchUnknown;

    /// <summary>Makes the write; see <see cref="IWritableSecretStore.WriteAsync"/>.</summary>
    public async Task<SecretVersion?> WriteAsync(SecretWrite write, VaultPath path, CancellationToken cancellationToken)
    {
        using var current = await reads.GetAsync("write", path, null, cancellationToken);
        if (await KnownAsync(write, path, current, cancellationToken) is { } known)
        {
            return known;
        }

        RequireExpected(write, current);
        if (current is not null && current.Holds(write))
        {
            return current.Id;
        }

        var fields = Fields(write, current, isPatch: false);
        try
        {
            return path.Engine.Version == 1
                ? await _plain.WriteAsync(write, path, fields, cancellationToken)
                : await AddAsync(write, path, current, fields, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fields);
        }
    }

    // A token that is noted and whose version does not exist yet is a write that never came to happen.
    private async Task<SecretVersion?> KnownAsync(
        SecretWrite write, VaultPath path, VaultSecret? current, CancellationToken cancellationToken)
    {
        if (current is null || VaultTokens.VersionOf(current.Custom, write.Token) is not { } noted || noted > current.Version)
        {
            return null;
        }

        using var earlier = noted == current.Version ? null : await reads.GetAsync("write", path, noted, cancellationToken);
        var made = earlier ?? (noted == current.Version ? current : null);
        if (made is null || made.Holds(write))
        {
            return made?.Id;
        }

        throw write.ExpectedVersion == VaultVersion.Of(noted - 1)
            ? new SecretConflictException(api.Store, write.Location, $"version {noted} is another writer's.")
            : new SecretStoreException(
                api.Store, "write", write.Location, isTransient: false, "its token was used for another value before.");
    }

    private void RequireExpected(SecretWrite write, VaultSecret? current)
    {
        var isAny = current is { Version: null } && write.ExpectedVersion is null;
        if (!isAny && current?.Id != write.ExpectedVersion)
        {
            throw new SecretConflictException(api.Store, write.Location, (current, write.ExpectedVersion) switch
            {
                (null, _) => $"version {write.ExpectedVersion} is expected, and the secret is absent.",
                ({ Version: null }, _) => $"version {write.ExpectedVersion} is expected, and the engine keeps no versions.",
                (_, null) => $"the secret is expected to be absent, and has version {current.Id}.",
                _ => $"version {write.ExpectedVersion} is expected, and {current.Id} is current.",
            });
        }
    }

    private byte[] Fields(SecretWrite write, VaultSecret? current, bool isPatch)
    {
        var value = JsonFields.Encode(write.Value, write.Location, "write");
        CryptographicOperations.ZeroMemory(value);
        var fields = (current, isPatch) switch
        {
            (null, _) => VaultSecret.New(write),
            (_, true) => current.Patch(write),
            _ => current.With(write),
        };
        if (value.Length <= LargestValue && fields.Length <= LargestObject)
        {
            return fields;
        }

        CryptographicOperations.ZeroMemory(fields);
        throw new SecretStoreException(
            api.Store, "write", write.Location, isTransient: false,
            $"the value has {value.Length} bytes and the secret would have {fields.Length}; {LargestValue} and {LargestObject} are taken.");
    }

    private async Task<SecretVersion?> AddAsync(
        SecretWrite write, VaultPath path, VaultSecret? current, byte[] fields, CancellationToken cancellationToken)
    {
        var before = current?.Version ?? 0;
        await metadata.NoteAsync(path, current?.Custom, write.Token, before + 1, cancellationToken);
        SecretStoreException failure;
        try
        {
            using var answer = await SendAsync(write, path, current, fields, cancellationToken);
            if (answer.Status is HttpStatusCode.OK && VaultWire.WrittenVersion(answer.Body) == before + 1)
            {
                return VaultVersion.Of(before + 1);
            }

            var isConflict = answer.Status is HttpStatusCode.BadRequest
                && VaultWire.ComplaintOf(answer.Body) is VaultComplaint.Mismatch;
            failure = isConflict
                ? new SecretConflictException(api.Store, write.Location, $"another writer was faster than version {before + 1}.")
                : api.Fail(Put(write, path), answer);
        }
        catch (StoreUnreachableException lost) when (lost.MayHaveHappened)
        {
            failure = lost;
        }

        return failure.MissingPermission is null && await IsOursAsync(write, path, before + 1, cancellationToken)
            ? VaultVersion.Of(before + 1)
            : throw failure;
    }

    // The answer to a write that was done may be lost: then a repeat meets our own version.
    private async Task<bool> IsOursAsync(SecretWrite write, VaultPath path, long version, CancellationToken cancellationToken)
    {
        using var made = await reads.GetAsync("write", path, version, cancellationToken);
        return made is not null && made.Holds(write);
    }

    private async Task<StoreAnswer> SendAsync(
        SecretWrite write, VaultPath path, VaultSecret? current, byte[] fields, CancellationToken cancellationToken)
    {
        if (current is not null && write.Location.Field is not null && !_isPatchUnknown)
        {
            var patch = Fields(write, current, isPatch: true);
            try
            {
                var answer = await PutAsync(write, path, HttpMethod.Patch, current.Version ?? 0, patch, cancellationToken);
                if ((int)answer.Status is not (403 or 405 or 415))
                {
                    return answer;
                }

                _isPatchUnknown |= answer.Status is not HttpStatusCode.Forbidden;
                answer.Dispose();
            }
            finally
            {
                CryptographicOperations.ZeroMemory(patch);
            }
        }

        return await PutAsync(write, path, HttpMethod.Post, current?.Version ?? 0, fields, cancellationToken);
    }

    private async Task<StoreAnswer> PutAsync(
        SecretWrite write, VaultPath path, HttpMethod method, long condition, byte[] fields, CancellationToken cancellationToken)
    {
        var options = Encoding.ASCII.GetBytes($$"""{"options":{"cas":{{condition}} },"data":""");
        byte[] body = [.. options, .. fields, (byte)'}'];
        try
        {
            return await api.SendAsync(Put(write, path) with { Method = method, Body = body }, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private static VaultRequest Put(SecretWrite write, VaultPath path) =>
        new("write", write.Location, HttpMethod.Post, path.Data) { Capabilities = s_write };
}
