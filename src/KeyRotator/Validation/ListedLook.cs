using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>Looks at keys that are not probed now without reading their values, where a listing shows the version of last time.</summary>
internal sealed class ListedLook(InstanceScope scope)
{
    private readonly CheckEnvironment _environment = scope.Environment;

    /// <summary>Whether the key is one for such a look, as far as its timing tells: it rests or is never probed, and its store tells
    /// versions.</summary>
    public bool IsFor(ManagedKey key, KeyTiming? timing) => timing?.Fingerprint is not null
        && _environment.Stores[key.Primary.Store] is ISecretVersionListing
        && (!scope.Instance.Probe || RestsUntil(timing, Seen(key, timing)) is not null);

    /// <summary>What is seen: what was known stands at its place. Null where the value is to be read.</summary>
    public async Task<Observation?> LookAsync(ManagedKey key, KeyTiming? timing, KeyStatus? status, CancellationToken cancellationToken)
    {
        if (timing is null || !IsFor(key, timing) || UndisturbedVersion(key, status) is not { } version)
        {
            return null;
        }

        var seen = Seen(key, timing) with { StoreVersion = version };
        return await scope.Listings.ShowsAsync(key.Primary, version, SinceOf(timing), cancellationToken)
            ? seen with { RestsUntil = scope.Instance.Probe ? RestsUntil(timing, seen) : null }
            : null;
    }

    private Observation Seen(ManagedKey key, KeyTiming timing) => new()
    {
        Key = key,
        At = _environment.Time.GetUtcNow(),
        Primary = PrimaryReading.Unchanged,
        Fingerprint = timing.Fingerprint,
    };

    private DateTimeOffset? RestsUntil(KeyTiming timing, Observation seen) => Cadence.RestsUntil(timing, seen, scope.RestOf(seen.Key));

    // A look that was due is done by any listing that is not older.
    private DateTimeOffset SinceOf(KeyTiming timing) =>
        scope.IgnoreCadence || !(timing.NextCheckAt <= scope.StartedAt) ? scope.StartedAt : timing.NextCheckAt.Value;

    // Whatever was wrong with the place is looked at itself: a listing shows neither that it can be read again nor what is there.
    private static string? UndisturbedVersion(ManagedKey key, KeyStatus? status) =>
        status is { IsMissing: false, Defect: Secrets.SecretDefect.None, ForeignFormat: null } && status.Provider == key.Provider
            && status.Locations.FirstOrDefault(known => known.Location == key.Primary) is { UnreadSince: null } place
            && place.Fingerprint == status.Fingerprint
                ? place.Version
                : null;
}
