using System.Collections.Concurrent;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>Looks at secondary locations, for drift. A store that lists its versions is listed once a pass, and a value is read only where
/// its version changed.</summary>
internal sealed class SecondaryReader(IReadOnlyDictionary<string, ISecretStore> stores, PrimaryReader reader, Fingerprinter fingerprinter)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyDictionary<string, string>?>>> _listings = new();

    /// <summary>What stands at the key's other locations; empty where it has none.</summary>
    public async Task<IReadOnlyList<SecondaryReading>> ReadAsync(ManagedKey key, KeyStatus? status, CancellationToken cancellationToken)
    {
        if (key.Locations.Count == 1)
        {
            return [];
        }

        var readings = new List<SecondaryReading>(key.Locations.Count - 1);
        foreach (var location in key.Locations.Skip(1))
        {
            var known = status?.Locations.FirstOrDefault(candidate => candidate.Location == location)?.Version;
            readings.Add(await ReadAsync(location, known, cancellationToken));
        }

        return readings;
    }

    private async Task<SecondaryReading> ReadAsync(SecretLocation location, string? knownVersion, CancellationToken cancellationToken)
    {
        var listing = await ListingAsync(location.Store, cancellationToken);
        if (knownVersion is not null && listing?.GetValueOrDefault(location.Name) == knownVersion)
        {
            return new(location, PrimaryReading.NotRead, null, knownVersion);
        }

        var reading = await reader.ReadAsync(location, cancellationToken);
        return reading switch
        {
            { Failure: not null } => new(location, PrimaryReading.Unreadable, null, null),
            { Secret: null } => new(location, PrimaryReading.Absent, null, null),
            _ => new(location, PrimaryReading.Present, fingerprinter.Of(reading.Secret.Value), reading.Secret.Version?.Id),
        };
    }

    private Task<IReadOnlyDictionary<string, string>?> ListingAsync(string store, CancellationToken cancellationToken) =>
        _listings.GetOrAdd(store, name => new(() => ListAsync(stores[name], cancellationToken))).Value;

    private static async Task<IReadOnlyDictionary<string, string>?> ListAsync(ISecretStore store, CancellationToken cancellationToken)
    {
        if (store is not ISecretListing listing)
        {
            return null;
        }

        try
        {
            var versions = new Dictionary<string, string>(StringComparer.Ordinal);
            await foreach (var secret in listing.ListAsync("", cancellationToken))
            {
                if (secret.Version is { } version)
                {
                    versions[secret.Name] = version.Id;
                }
            }

            return versions;
        }
        catch (SecretStoreException)
        {
            // The reads that follow tell, and are counted; a listing is only a way to spare them.
            return null;
        }
    }
}
