using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Discovery;

/// <summary>Tells a key's provider by the shape of its value, where only one provider's keys have it and one instance of that provider is
/// configured. The value is looked at and let go.</summary>
/// <param name="store">The store.</param>
/// <param name="settings">The configuration.</param>
internal sealed class FormatTeller(ISecretStore store, Settings settings)
{
    private const int MostReads = 1000;
    private int _reads;

    /// <summary>The provider instances of those keys that have one. Of very many, the first are looked at.</summary>
    public async Task<IReadOnlyDictionary<SecretLocation, string>> TellAsync(
        IEnumerable<SecretLocation> locations, CancellationToken cancellationToken)
    {
        var told = new Dictionary<SecretLocation, string>();
        List<SecretLocation> wanted = [.. locations.Distinct().Take(MostReads - _reads)];
        _reads += wanted.Count;
        foreach (var chunk in wanted.Chunk(store is IBatchSecretReader batch ? Math.Max(1, batch.BatchSize) : 1))
        {
            foreach (var reading in await ReadAsync(chunk, cancellationToken))
            {
                if (reading.Secret is { } secret && InstanceOf(secret.Value) is { } instance)
                {
                    told[reading.Location] = instance;
                }
            }
        }

        return told;
    }

    private async Task<IReadOnlyList<StoreReading>> ReadAsync(SecretLocation[] locations, CancellationToken cancellationToken)
    {
        try
        {
            return store is IBatchSecretReader batch
                ? await batch.ReadManyAsync(locations, cancellationToken)
                : [new(locations[0], await store.ReadAsync(locations[0], null, cancellationToken), null)];
        }
        catch (SecretStoreException)
        {
            // The provider stays untold, which the finding about the tags says; a tag needs no read.
            return [];
        }
    }

    private string? InstanceOf(SecretValue value)
    {
        if (KeyProviders.ForFormat(value) is not { } match)
        {
            return null;
        }

        var instances = settings.Providers.Values.Where(instance => instance.Kind == match.Provider.Kind).Take(2).ToList();
        return instances is [var only] ? only.Name : null;
    }
}
