using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Validation;

/// <summary>Carries what stands at a key's locations from check to check. Pure.</summary>
internal static class LocationTracking
{
    /// <summary>The locations after one more observation, the primary first. A location that nobody looked at keeps what was last seen
    /// there.</summary>
    public static IReadOnlyList<LocationStatus> Next(KeyStatus before, Observation observation)
    {
        var key = observation.Key;
        var primary = Primary(before, observation);
        if (key.Locations.Count == 1)
        {
            return before.Locations.Count == 1 && before.Locations[0] == primary ? before.Locations : [primary];
        }

        var next = new List<LocationStatus>(key.Locations.Count) { primary };
        for (var i = 1; i < key.Locations.Count; i++)
        {
            next.Add(Secondary(before, key.Locations[i], primary.Fingerprint, observation));
        }

        return next;
    }

    private static LocationStatus Primary(KeyStatus before, Observation observation)
    {
        var known = Known(before, observation.Key.Primary);
        return observation.Primary switch
        {
            PrimaryReading.Present =>
                new LocationStatus { Location = known.Location, Version = observation.StoreVersion, Fingerprint = observation.Fingerprint },
            PrimaryReading.NotRead or PrimaryReading.Unchanged => known,
            _ => known with { UnreadSince = Unread(known, observation.Primary, observation.At) },
        };
    }

    private static LocationStatus Secondary(KeyStatus before, SecretLocation location, Fingerprint? wanted, Observation observation)
    {
        var known = Known(before, location);
        var reading = observation.Secondaries.FirstOrDefault(candidate => candidate.Location == location);
        var seen = reading?.Kind switch
        {
            PrimaryReading.Present => known with { Version = reading.Version, Fingerprint = reading.Fingerprint },
            PrimaryReading.Absent => known with { Version = null, Fingerprint = null },
            _ => known,
        };
        var wasSeen = known.Fingerprint is not null || known.DriftingSince is not null
            || reading?.Kind is PrimaryReading.Present or PrimaryReading.Absent;
        return seen with
        {
            UnreadSince = reading is null ? known.UnreadSince : Unread(known, reading.Kind, observation.At),
            DriftingSince = !wasSeen || seen.Fingerprint == wanted ? null : known.DriftingSince ?? observation.At,
        };
    }

    private static DateTimeOffset? Unread(LocationStatus known, PrimaryReading reading, DateTimeOffset at) =>
        reading is PrimaryReading.Unreadable ? known.UnreadSince ?? at : null;

    private static LocationStatus Known(KeyStatus before, SecretLocation location) =>
        before.Locations.FirstOrDefault(known => known.Location == location) ?? new LocationStatus { Location = location };
}
