using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Removes what killed tests left behind.</summary>
/// <param name="store">The store.</param>
/// <param name="secret">The secret of this test: others are looked for beside it.</param>
/// <param name="time">The clock.</param>
internal sealed class TrialLeftovers(ISecretRemoval store, TrialSecret secret, TimeProvider time)
{
    /// <summary>A younger one may be that of another test, which is at work. A writer that was killed keeps others from it for three
    /// minutes in GCP.</summary>
    public static TimeSpan LeastAge { get; } = TimeSpan.FromMinutes(5);

    private string NameStart => secret.Location.Name[..(secret.Location.Name.LastIndexOf(TrialSecret.NameStart, StringComparison.Ordinal)
        + TrialSecret.NameStart.Length)];

    /// <summary>What the store keeps of a removed secret all the same, one sentence; null where nothing is.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    public static async Task<string?> KeptAsync(ISecretRemoval store, SecretLocation location, CancellationToken cancellationToken) =>
        store is ISecretBin bin ? await bin.KeptAsync(location, cancellationToken) : null;

    /// <summary>Removes them, and says which, and what else there is of their names.</summary>
    /// <exception cref="SecretStoreException">One could not be removed, and is named.</exception>
    public async Task<string> RemoveAsync(CancellationToken cancellationToken)
    {
        List<TrialSecret> found;
        try
        {
            found = await ListAsync(cancellationToken);
        }
        catch (SecretStoreException denied) when (denied.MissingPermission is not null)
        {
            return $"secrets cannot be listed; if a test was killed before, remove by hand what is named {NameStart}...";
        }

        var told = new List<string>();
        foreach (var leftover in found)
        {
            told.Add(await RemoveAsync(leftover, cancellationToken));
        }

        return told.Count == 0 ? "there are none" : string.Join("; ", told);
    }

    private async Task<List<TrialSecret>> ListAsync(CancellationToken cancellationToken)
    {
        List<string> names = store is ISecretListing listing
            ? await listing.ListAsync(NameStart, cancellationToken).Select(listed => listed.Name).ToListAsync(cancellationToken)
            : [];
        if (store is ISecretBin bin)
        {
            names.AddRange(await bin.ListKeptAsync(NameStart, cancellationToken).ToListAsync(cancellationToken));
        }

        return [.. names.Select(name => TrialSecret.Find(store.Name, name)).OfType<TrialSecret>()];
    }

    private async Task<string> RemoveAsync(TrialSecret leftover, CancellationToken cancellationToken)
    {
        var name = leftover.Location.Name;
        if ((time.GetUtcNow() - leftover.MadeAt).Duration() < LeastAge)
        {
            return $"{name} is left, another test may be at work with it";
        }

        try
        {
            await store.RemoveAsync(leftover.Location, leftover.Values, cancellationToken);
            var kept = await KeptAsync(store, leftover.Location, cancellationToken);
            return $"{name} {(kept is null ? "removed" : $"removed: {kept}")}";
        }
        catch (SecretConflictException)
        {
            return $"{name} is left, it holds something that no test wrote";
        }
        catch (SecretStoreException failure)
        {
            throw new SecretStoreException(
                store.Name, "remove", leftover.Location, failure.IsTransient, $"{name} was left behind by a test: {failure.Advice}")
            {
                MissingPermission = failure.MissingPermission,
            };
        }
    }
}
