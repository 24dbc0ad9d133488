using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>Opens a watch-only rotation where somebody else changed a key's value and its store still has the old one: somebody must see
/// that old key die.</summary>
internal static class ForeignWatch
{
    private const string Actor = "check";

    /// <summary>Opens one for a key that was just assessed; none where the value was not changed by others, the key's policy is against it,
    /// the old version cannot be named, or a rotation of the key is open.</summary>
    public static async Task OpenAsync(
        StateTransaction transaction, Assessed assessed, ManagedKey key, ISecretStore store, CancellationToken cancellationToken)
    {
        if (assessed.Replaced is not { Fingerprint: not null, Version: not null } replaced || !key.Policy.WatchForeign
            || !store.Capabilities.HasVersions || Watch(assessed.Status, replaced, key) is not { } watch)
        {
            return;
        }

        var open = await RotationValues.OpenOfAsync(transaction, key.Id, watches: false, cancellationToken);
        if (open.Count == 0 && await RotationTable.OpenAsync(transaction, watch, watch.SubmittedAt, cancellationToken) is { } lease)
        {
            var what = $"Somebody else replaced {replaced.Fingerprint.Value.Short} with {watch.NewFingerprint.Short} at {key.Primary}: the "
                + "old key is watched until it is dead.";
            await RotationEventTable.AddAsync(
                transaction, lease.Rotation.Id, new(watch.SubmittedAt, Actor, what), cancellationToken);
        }
    }

    private static KeyRotation? Watch(KeyStatus status, LocationStatus replaced, ManagedKey key)
    {
        if (status is not { Fingerprint: { } present, ForeignChangeAt: { } at } || replaced.Fingerprint == present)
        {
            return null;
        }

        var location = new RotationLocation
        {
            Ordinal = 0,
            Location = key.Primary,
            Step = LocationStep.Done,
            Before = replaced.Fingerprint,
            BaseVersion = replaced.Version,
            NewVersion = status.Locations is [var primary, ..] ? primary.Version : null,
        };
        return new KeyRotation
        {
            Uid = Guid.NewGuid(),
            KeyId = key.Id,
            Kind = RotationKind.Watch,
            Phase = RotationPhase.Overlap,
            Actor = Actor,
            SubmittedAt = at,
            OldFingerprint = replaced.Fingerprint,
            NewFingerprint = present,
            Grace = key.Policy.Grace,
            LiveAt = at,
            NextAt = at + key.Policy.Grace,
            Locations = [location],
        };
    }
}
