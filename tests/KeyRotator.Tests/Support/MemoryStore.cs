using System.Collections.Concurrent;
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

    public StoreCapabilities Capabilities { get; } = new() { HasVersions = true };

    /// <summary>Whether no read is answered.</summary>
    public bool IsDown { get; set; }

    /// <summary>Names that may not be read.</summary>
    public HashSet<string> Denied { get; } = [];

    /// <summary>Values read so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

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

    private StoredSecret? Find(SecretLocation location) => _values.TryGetValue(location.Name, out var value)
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
