using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>Looks at secondary locations, for drift. Where the store's listing shows the version of last time, nothing is read; the
/// others are read together.</summary>
internal sealed class SecondaryReader(InstanceScope scope)
{
    private readonly Fingerprinter _fingerprinter = scope.Environment.State.Fingerprinter;

    /// <summary>What stands at each key's other locations, in the keys' order; empty for a key that has none.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<SecondaryReading>>> ReadAsync(
        IReadOnlyList<ManagedKey> keys, KnownKeys known, CancellationToken cancellationToken)
    {
        var readings = keys.Select(key => new SecondaryReading[key.Locations.Count - 1]).ToArray();
        var unknown = new List<Place>();
        for (var index = 0; index < keys.Count; index++)
        {
            for (var at = 0; at < readings[index].Length; at++)
            {
                var location = keys[index].Locations[at + 1];
                if (await ShownAsync(keys[index], location, known, cancellationToken) is { } version)
                {
                    readings[index][at] = new(location, PrimaryReading.NotRead, null, version);
                    scope.Locations.Spare(location);
                    continue;
                }

                unknown.Add(new(index, at, location));
            }
        }

        var read = await scope.Locations.ReadAsync([.. unknown.Select(place => place.Location)], cancellationToken);
        foreach (var (place, reading) in unknown.Zip(read))
        {
            readings[place.Key][place.At] = Of(reading);
        }

        return readings;
    }

    // The version of last time where the listing still shows it, else null. A place that could not be read is read.
    private async Task<string?> ShownAsync(ManagedKey key, SecretLocation location, KnownKeys known, CancellationToken cancellationToken)
    {
        var place = known.StatusOf(key)?.Locations.FirstOrDefault(candidate => candidate.Location == location);
        if (place is not { UnreadSince: null, Version: { } version })
        {
            return null;
        }

        return await scope.Listings.ShowsAsync(location, version, SinceOf(key, known.Of(key)), cancellationToken) ? version : null;
    }

    // Keys are checked one after the other: a listing serves all of them once, and is then too old for each.
    private DateTimeOffset SinceOf(ManagedKey key, KeyTiming? timing)
    {
        if (scope.IgnoreCadence || !(timing?.CheckedAt <= scope.StartedAt))
        {
            return scope.StartedAt;
        }

        var oldest = scope.StartedAt - Cadence.Wanted(key, scope.Instance);
        return timing.CheckedAt > oldest ? timing.CheckedAt.Value : oldest;
    }

    private SecondaryReading Of(Stores.StoreReading reading) => reading switch
    {
        { Failure: not null } => new(reading.Location, PrimaryReading.Unreadable, null, null),
        { Secret: null } => new(reading.Location, PrimaryReading.Absent, null, null),
        _ => new(reading.Location, PrimaryReading.Present, _fingerprinter.Of(reading.Secret.Value), reading.Secret.Version?.Id),
    };

    private readonly record struct Place(int Key, int At, SecretLocation Location);
}
