using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>Reads primary locations: in batches where the store can, else side by side.</summary>
internal sealed class PrimaryReader(IReadOnlyDictionary<string, ISecretStore> stores, StoreTally tally)
{
    private const int SinglesAtOnce = 16;

    /// <summary>One reading for each key, in the given order. A store that fails is a reading, not an exception.</summary>
    public async Task<IReadOnlyList<StoreReading>> ReadAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        var readings = new StoreReading[keys.Count];
        foreach (var group in Enumerable.Range(0, keys.Count).GroupBy(index => keys[index].Primary.Store))
        {
            var indexes = group.ToArray();
            var store = stores[group.Key];
            await (store is IBatchSecretReader batch
                ? ReadBatchesAsync(batch, keys, indexes, readings, cancellationToken)
                : ReadSinglesAsync(keys, indexes, readings, cancellationToken));
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

    private async Task ReadBatchesAsync(
        IBatchSecretReader store,
        IReadOnlyList<ManagedKey> keys,
        int[] indexes,
        StoreReading[] readings,
        CancellationToken cancellationToken)
    {
        foreach (var chunk in indexes.Chunk(Math.Max(1, store.BatchSize)))
        {
            var locations = Array.ConvertAll(chunk, index => keys[index].Primary);
            var batch = await ReadBatchAsync(store, locations, cancellationToken);
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
        IReadOnlyList<ManagedKey> keys, int[] indexes, StoreReading[] readings, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = SinglesAtOnce, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(
            indexes, options, async (index, token) => readings[index] = await ReadAsync(keys[index].Primary, token));
    }

    private StoreReading Failed(SecretLocation location, SecretStoreException failure)
    {
        tally.Failed(location.Store, failure);
        return new(location, null, failure);
    }
}
