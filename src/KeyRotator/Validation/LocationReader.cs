using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>Reads locations: in batches where the store can, else side by side.</summary>
internal sealed class LocationReader(IReadOnlyDictionary<string, ISecretStore> stores, StoreTally tally)
{
    private const int SinglesAtOnce = 16;

    /// <summary>One reading for each location, in the given order. A store that fails is a reading, not an exception.</summary>
    public async Task<IReadOnlyList<StoreReading>> ReadAsync(IReadOnlyList<SecretLocation> locations, CancellationToken cancellationToken)
    {
        var readings = new StoreReading[locations.Count];
        foreach (var group in Enumerable.Range(0, locations.Count).GroupBy(index => locations[index].Store))
        {
            var indexes = group.ToArray();
            var store = stores[group.Key];
            await (store is IBatchSecretReader batch
                ? ReadBatchesAsync(batch, locations, indexes, readings, cancellationToken)
                : ReadSinglesAsync(locations, indexes, readings, cancellationToken));
        }

        return readings;
    }

    /// <summary>Reads one location.</summary>
    public async Task<StoreReading> ReadAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await stores[location.Store].ReadAsync(location, null, cancellationToken);
            tally.Answered(location.Store, 1);
            return new(location, secret, null);
        }
        catch (SecretStoreException failure)
        {
            return Failed(location, failure);
        }
    }

    /// <summary>Takes note of a location that need not be read, because the store's listing told of it.</summary>
    public void Spare(SecretLocation location) => tally.Answered(location.Store, 1);

    private async Task ReadBatchesAsync(
        IBatchSecretReader store,
        IReadOnlyList<SecretLocation> locations,
        int[] indexes,
        StoreReading[] readings,
        CancellationToken cancellationToken)
    {
        foreach (var chunk in indexes.Chunk(Math.Max(1, store.BatchSize)))
        {
            var batch = await ReadBatchAsync(store, Array.ConvertAll(chunk, index => locations[index]), cancellationToken);
            for (var i = 0; i < chunk.Length; i++)
            {
                readings[chunk[i]] = batch[i];
            }
        }
    }

    private async Task<IReadOnlyList<StoreReading>> ReadBatchAsync(
        IBatchSecretReader store, SecretLocation[] locations, CancellationToken cancellationToken)
    {
        try
        {
            var batch = await store.ReadManyAsync(locations, cancellationToken);
            tally.Answered(store.Name, batch.Count(reading => reading.Failure is null));
            foreach (var reading in batch)
            {
                if (reading.Failure is { } failure)
                {
                    tally.Failed(store.Name, failure);
                }
            }

            return batch;
        }
        catch (SecretStoreException failure)
        {
            return Array.ConvertAll(locations, location => Failed(location, failure));
        }
    }

    private Task ReadSinglesAsync(
        IReadOnlyList<SecretLocation> locations, int[] indexes, StoreReading[] readings, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = SinglesAtOnce, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(
            indexes, options, async (index, token) => readings[index] = await ReadAsync(locations[index], token));
    }

    private StoreReading Failed(SecretLocation location, SecretStoreException failure)
    {
        tally.Failed(location.Store, failure);
        return new(location, null, failure);
    }
}
