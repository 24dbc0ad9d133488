using System.Net;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>Removes a Secret that holds nothing but known values, on the condition that it still is the one that was read.</summary>
internal sealed class KubernetesRemover(KubernetesApi api, KubernetesSecrets secrets)
{
    private const int MostAttempts = 5;

    /// <summary>Removes as <see cref="ISecretRemoval.RemoveAsync"/> says.</summary>
    public async Task RemoveAsync(
        SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var secret = await secrets.GetAsync("remove", location, cancellationToken);
            if (secret is null)
            {
                return;
            }

            RequireKnown(location, secret, known);
            var call = secrets.Delete(location, secret.Version);
            using var answer = await api.SendAsync(call, cancellationToken);
            if (KubernetesFailures.IsAbsent(answer))
            {
                return;
            }

            if (answer.Status != HttpStatusCode.Conflict || attempt == MostAttempts)
            {
                api.Take(call, answer, KubernetesStatus.Done);
                return;
            }
        }
    }

    private static void RequireKnown(SecretLocation location, KubernetesSecret secret, IReadOnlyCollection<SecretValue> known)
    {
        if (secret.Metadata.IsControlled)
        {
            throw KnownSecrets.Refusal(location, "a controller owns the Secret and would make it again.");
        }

        var isOnly = secret.Data.Count == 1 && secret.Data.ContainsKey(location.Field ?? KubernetesDraft.WholeKey);
        if (!isOnly || !KnownSecrets.IsOneOf(secret.Data.Values.Single(), location with { Field = null }, known))
        {
            throw KnownSecrets.Refusal(location);
        }
    }
}
