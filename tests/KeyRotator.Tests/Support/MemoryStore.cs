using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Tests.Support;

/// <summary>A store in memory that a test fills, empties and breaks.</summary>
internal class MemoryStore(string name) : ISecretStore
{
    private readonly ConcurrentDictionary<string, (string Text, int Version)> _values = new(StringComparer.Ordinal);
    private int _reads;

    public string Name => name;

    public StoreCapabilities Capabilities { get; init; } = new() { HasVersions = true };

    /// <summary>Whether no read is answered.</summary>
    public bool IsDown { get; set; }

    /// <summary>Names that may not be read.</summary>
    public HashSet<string> Denied { get; } = [];

    /// <summary>Values read so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Names that are there.</summary>
    protected IEnumerable<string> Names => _values.Keys.Order(StringComparer.Ordinal);

    public void Put(string secret, string text) => _values.AddOrUpdate(secret, (text, 1), (_, before) => (text, before.Version + 1));

    public void Remove(string secret) => _values.TryRemove(secret, out _);

    public Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _reads);
        return IsDown || Denied.Contains(location.Name)
            ? Task.FromException<StoredSecret?>(new SecretStoreException(name, "read", location, isTransient: true, "It is down."))
            : Task.FromResult(Find(location));
    }

    protected StoredSecret? Find(SecretLocation location) => _values.TryGetValue(location.Name, out var value)
        ? new StoredSecret(new SecretValue(value.Text), new SecretVersion($"v{value.Version}"))
        : null;
}

/// <summary>The same, read in batches. Down, the whole call fails; what is denied fails by itself.</summary>
internal sealed class BatchMemoryStore(string name) : MemoryStore(name), IBatchSecretReader
{
    public int BatchSize => 3;

    public async Task<IReadOnlyList<StoreReading>> ReadManyAsync(
        IReadOnlyList<SecretLocation> locations, CancellationToken cancellationToken)
    {
        var readings = new List<StoreReading>(locations.Count);
        foreach (var location in locations)
        {
            readings.Add(await ReadOneAsync(location, cancellationToken));
        }

        return readings;
    }

    private async Task<StoreReading> ReadOneAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        try
        {
            return new(location, await ReadAsync(location, null, cancellationToken), null);
        }
        catch (SecretStoreException failure) when (!IsDown)
        {
            return new(location, null, failure);
        }
    }
}

/// <summary>The same, with a listing that tells versions, ten a call.</summary>
internal sealed class ListingMemoryStore : MemoryStore, ISecretVersionListing
{
    private int _listings;
    private int _listed;

    public ListingMemoryStore(string name)
        : base(name) => Capabilities = new() { HasVersions = true, VersionsPerCall = 10 };

    /// <summary>Listings begun so far.</summary>
    public int Listings => Volatile.Read(ref _listings);

    /// <summary>Secrets that listings gave so far.</summary>
    public int Listed => Volatile.Read(ref _listed);

    /// <summary>Whether listings fail.</summary>
    public bool CannotList { get; set; }

    public IReadOnlyList<string> PrefixesOf(IEnumerable<string> names) => names.Any() ? [""] : [];

    public async IAsyncEnumerable<ListedSecret> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        Interlocked.Increment(ref _listings);
        foreach (var secret in Names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (CannotList || IsDown)
            {
                throw new SecretStoreException(Name, "list", null, isTransient: false, "It may not be listed.");
            }

            Interlocked.Increment(ref _listed);
            yield return new ListedSecret(secret, Find(new() { Store = Name, Name = secret })?.Version);
        }
    }
}
