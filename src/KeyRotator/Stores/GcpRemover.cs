using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>Removes a secret that holds nothing but known values, under its tag. A version that a program without regard for the lease
/// adds between the look and the removal is lost: additions do not change the tag.</summary>
internal sealed class GcpRemover(GcpApi api, GcpLeases leases)
{
    private const int MostAttempts = 5;

    /// <summary>Removes as <see cref="ISecretRemoval.RemoveAsync"/> says.</summary>
    public async Task RemoveAsync(
        SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (await api.FindAsync(location, "remove", cancellationToken) is not { } secret)
            {
                return;
            }

            await RequireKnownAsync(location, secret, known, cancellationToken);
            try
            {
                await api.DeleteAsync(location, secret, cancellationToken);
                return;
            }
            catch (GcpStateException) when (attempt < MostAttempts - 1)
            {
                // Its tag is another one now: looked at anew.
            }
        }
    }

    private async Task RequireKnownAsync(
        SecretLocation location, GcpSecret secret, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        var versions = (await api.VersionsAsync(location, 0, "remove", cancellationToken)).Above;
        if (versions.Count == 0 && !IsOurs(secret))
        {
            throw KnownSecrets.Refusal(location, "it has no version yet, so somebody else made it.");
        }

        leases.RefuseOthers("remove", location, GcpMarks.Of(secret).Lease);
        foreach (var version in versions.Where(version => version.State != "DESTROYED"))
        {
            using var payload = version.State == "ENABLED"
                ? await api.AccessAsync(location, GcpApi.Text(version.Number), "remove", cancellationToken)
                : throw KnownSecrets.Refusal(
                    location, $"its version {GcpApi.Text(version.Number)} is disabled, so it cannot be looked at.");
            if (payload is not null)
            {
                KnownSecrets.Require(payload.Bytes, location, known);
            }
        }
    }

    // A write makes the secret before its first version, with the lease.
    private static bool IsOurs(GcpSecret secret) =>
        GcpMarks.Of(secret).Lease is not null && secret.Labels.Count == 0 && secret.Annotations.Keys.All(GcpMarks.IsReserved);
}
