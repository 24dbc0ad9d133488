using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;

namespace KeyRotator.Rotation;

/// <summary>Puts on record that a key's value has leaked, also where no check ever saw it.</summary>
internal static class LeakedValue
{
    /// <summary>Moves its versions to Compromised; where there is none, it becomes the key's current version first.</summary>
    public static async Task RecordAsync(
        StateTransaction transaction, ManagedKey key, Fingerprint leaked, KeyTransition move, CancellationToken cancellationToken)
    {
        var versions = await KeyVersionTable.OfAsync(transaction, key.Id, cancellationToken);
        if (versions.All(version => version.Fingerprint != leaked))
        {
            await OpenAsync(transaction, key, leaked, move.At, cancellationToken);
        }

        await KeyStates.CompromiseAsync(transaction, key.Id, leaked, move, cancellationToken);
    }

    // The status goes with it: the next check counts versions from there, and finds the new value to be another one.
    private static async Task OpenAsync(
        StateTransaction transaction, ManagedKey key, Fingerprint leaked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = (await KeyStatusTable.LoadAsync(transaction, [key.Id], cancellationToken)).GetValueOrDefault(key.Id);
        var status = new KeyStatus
        {
            KeyId = key.Id,
            Provider = key.Provider,
            Version = (known?.Version ?? 0) + 1,
            Fingerprint = leaked,
            FirstSeenAt = now,
            VerdictSince = now,
            InconclusiveSince = now,
            Locations = known?.Locations ?? [],
            NextCheckAt = now,
        };
        await KeyStatusTable.SaveAsync(transaction, [status], cancellationToken);
        var version = new KeyVersion { KeyId = key.Id, Sequence = status.Version, Fingerprint = leaked, FirstSeenAt = now };
        await KeyVersionTable.OpenAsync(transaction, version, cancellationToken);
    }
}
