using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Reads the values of a rotation from where they stand: it keeps none. A value counts only where its fingerprint is the one on
/// record.</summary>
internal sealed class ValueFinder(RotationDesk desk)
{
    /// <summary>The candidate, from the first location that holds it, or from where it waits; null where it is nowhere.</summary>
    /// <exception cref="SecretStoreException">None could be read that may hold it.</exception>
    public Task<SecretValue?> CandidateAsync(KeyRotation rotation, CancellationToken cancellationToken) => FirstAsync(
        [
            .. rotation.Locations.Where(RotationPlan.HoldsCandidate).Select(CandidateAt),
            .. rotation.Held is { Step: LocationStep.Done } held ? new Place[] { new(held.Location, null) } : [],
        ],
        rotation.NewFingerprint, cancellationToken);

    /// <summary>The old value, from the exact version that was replaced, from a location that was not written yet, or from where it is kept
    /// for the time of the rotation; null where it is nowhere.</summary>
    /// <exception cref="SecretStoreException">None could be read that may hold it.</exception>
    public Task<SecretValue?> OldAsync(KeyRotation rotation, CancellationToken cancellationToken) =>
        rotation.OldFingerprint is { } old
            ? FirstAsync(PlacesOfOld(rotation), old, cancellationToken)
            : Task.FromResult<SecretValue?>(null);

    private static Place CandidateAt(RotationLocation location) => new(
        location.Location, location.Step is LocationStep.Staged or LocationStep.Promoting ? location.NewVersion : null);

    private static IEnumerable<Place> PlacesOfOld(KeyRotation rotation)
    {
        var replaced = rotation.Locations.Where(location => location.BaseVersion is not null && location.Before == rotation.OldFingerprint)
            .Select(location => new Place(location.Location, location.BaseVersion));
        var untouched = rotation.Locations.Where(location => location.Step is LocationStep.Planned or LocationStep.Restored)
            .Select(location => new Place(location.Location, null));
        var kept = rotation.Kept is { HoldsCopy: true } copy ? new Place[] { new(copy.Location, null) } : [];
        return [.. replaced, .. untouched, .. kept];
    }

    private async Task<SecretValue?> FirstAsync(IEnumerable<Place> places, Fingerprint wanted, CancellationToken cancellationToken)
    {
        SecretStoreException? failure = null;
        foreach (var place in places)
        {
            try
            {
                if (await ReadAsync(place, cancellationToken) is { } value && desk.Fingerprinter.Of(value) == wanted)
                {
                    return value;
                }
            }
            catch (SecretStoreException fault)
            {
                failure = fault;
            }
        }

        return failure is null ? null : throw failure;
    }

    private async Task<SecretValue?> ReadAsync(Place place, CancellationToken cancellationToken)
    {
        SecretVersion? version = place.Version is { } id ? new SecretVersion(id) : null;
        return (await desk.Stores[place.Location.Store].ReadAsync(place.Location, version, cancellationToken))?.Value;
    }

    private sealed record Place(SecretLocation Location, string? Version);
}
