using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Fetches many secrets' current values: with one call where the policy allows that, else by single reads.</summary>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
internal sealed class AwsBatchReader(string store, AwsSecretsManagerApi api)
{
    private const int SingleReadsAtOnce = 4;

    /// <summary>Fetches them; one that fails does not stop the others.</summary>
    /// <param name="names">Names or ARNs, at most <see cref="AwsSecretsManagerApi.BatchSize"/> and each once.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SecretStoreException">The whole call failed.</exception>
    public async Task<AwsBatch> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var batch = new AwsBatch();
        try
        {
            foreach (var name in names)
            {
                await TakeAsync(batch, name, () => api.CheckAsync("read", Whole(name), cancellationToken));
            }

            await FetchAsync(batch, [.. names.Where(name => !batch.Knows(name))], cancellationToken);
            await Parallel.ForEachAsync(
                names.Where(name => !batch.Knows(name)),
                new ParallelOptions { MaxDegreeOfParallelism = SingleReadsAtOnce, CancellationToken = cancellationToken },
                async (name, token) => await TakeAsync(
                    batch, name, async () => batch.Set(name, await api.GetAsync("read", Whole(name), null, token))));
            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private async Task FetchAsync(AwsBatch batch, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        try
        {
            if (names.Count > 1)
            {
                await api.BatchAsync(names, batch.Take, cancellationToken);
            }
        }
        catch (AwsErrorException fault) when (fault.Kind is AwsErrorKind.Denied or AwsErrorKind.DeniedByKey)
        {
            // A policy may allow single reads alone: what is left is read so.
        }
    }

    private static async Task TakeAsync(AwsBatch batch, string name, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (SecretStoreException failure)
        {
            batch.Fail(name, failure);
        }
    }

    private SecretLocation Whole(string name) => new() { Store = store, Name = name };
}
