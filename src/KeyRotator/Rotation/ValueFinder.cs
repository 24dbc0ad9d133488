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
        OldAsync(rotation, _ => Task.FromResult(true), cancellationToken);

    /// <summary>The same, with leave for each version that was replaced. Where a store tells who read it, it comes last.</summary>
    /// <exception cref="SecretStoreException">None could be read that may hold it.</exception>
    public async Task<SecretValue?> OldAsync(
        KeyRotation rotation, Func<RotationLocation, Task<bool>> mayRead, CancellationToken cancellationToken)
    {
        if (rotation.OldFingerprint is not { } old)
        {
            return null;
        }

        SecretStoreException? failure = null;
        foreach (var replaced in Replaced(rotation))
        {
            try
            {
                if (await mayRead(replaced)
                    && await ReadAsync(new(replaced.Location, replaced.BaseVersion), old, cancellationToken) is { } value)
                {
                    return value;
                }
            }
            catch (SecretStoreException fault)
            {
                failure = fault;
            }
        }

        return await FirstAsync(OtherPlacesOfOld(rotation), old, cancellationToken) ?? (failure is null ? null : throw failure);
    }

    private static Place CandidateAt(RotationLocation location) => new(
        location.Location, location.Step is LocationStep.Staged or LocationStep.Promoting ? location.NewVersion : null);

    private IEnumerable<RotationLocation> Replaced(KeyRotation rotation) => rotation.Locations
        .Where(location => location.BaseVersion is not null && location.Before == rotation.OldFingerprint)
        .OrderBy(location => desk.Stores[location.Location.Store] is ISecretReaders);

    private static IEnumerable<Place> OtherPlacesOfOld(KeyRotation rotation)
    {
        var untouched = rotation.Locations.Where(location => location.Step is LocationStep.Planned or LocationStep.Restored)
            .Select(location => new Place(location.Location, null));
        var kept = rotation.Kept is { HoldsCopy: true } copy ? new Place[] { new(copy.Location, null) } : [];
        return [.. untouched, .. kept];
    }

    private async Task<SecretValue?> FirstAsync(IEnumerable<Place> places, Fingerprint wanted, CancellationToken cancellationToken)
    {
        SecretStoreException? failure = null;
        foreach (var place in places)
        {
            try
            {
                if (await ReadAsync(place, wanted, cancellationToken) is { } value)
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

    private async Task<SecretValue?> ReadAsync(Place place, Fingerprint wanted, CancellationToken cancellationToken)
    {
        SecretVersion? version = place.Version is { } id ? new SecretVersion(id) : null;
        var value = (await desk.Stores[place.Location.Store].ReadAsync(place.Location, version, cancellationToken))?.Value;
        return value is not null && desk.Fingerprinter.Of(value) == wanted ? value : null;
    }

    private sealed record Place(SecretLocation Location, string? Version);
}
