using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Discovery;

/// <summary>Looks through the stores for tagged secrets, each when its time has come, and keeps what it finds.</summary>
internal sealed class KeyDiscovery(
    Settings settings, IReadOnlyDictionary<string, ISecretStore> stores, DiscoveryRecorder recorder, InventorySource source)
{
    private const int ChunkSize = 128;
    private const int MostConfirmed = 500;
    private const int AtOnce = 8;

    /// <summary>Looks through every store that is due. A store that fails is a finding, not an exception.</summary>
    /// <returns>How many keys are gone since.</returns>
    /// <exception cref="State.StateException">What was seen could not be recorded.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var due = settings.Stores.Values.Select(store => RunAsync(store, cancellationToken));
        var gone = await Task.WhenAll(due);
        await source.RefreshAsync(cancellationToken);
        return gone.Sum();
    }

    private async Task<int> RunAsync(StoreSettings configured, CancellationToken cancellationToken)
    {
        if (configured.Discover is not { } discover || stores[configured.Name] is not ISecretListing store
            || await recorder.BeginAsync(configured.Name, discover, cancellationToken) is not { } listing)
        {
            return 0;
        }

        var secrets = new CutListing(
            store is ITaggedListing tagged
                ? tagged.ListTaggedAsync(listing.Query, cancellationToken)
                : store.ListAsync(listing.Query.Prefix, cancellationToken).Where(listing.Query.IsMet));
        var teller = new FormatTeller(store, settings);
        await foreach (var chunk in secrets.ReadAsync(cancellationToken).Chunk(ChunkSize))
        {
            if (!await SeeAsync(teller, listing, chunk, cancellationToken))
            {
                return 0;
            }
        }

        var gone = secrets.Failure is null ? await LoseAsync(store, listing, cancellationToken) : 0;
        await recorder.EndAsync(listing, secrets.Failure, cancellationToken);
        return gone;
    }

    private async Task<bool> SeeAsync(
        FormatTeller teller, Listing listing, IReadOnlyList<ListedSecret> secrets, CancellationToken cancellationToken)
    {
        var known = await recorder.KnownAsync(listing, secrets.Select(secret => secret.Name), cancellationToken);
        var told = known.Where(key => !key.IsTagged && settings.Providers.ContainsKey(key.Provider))
            .ToDictionary(key => key.Location, key => key.Provider);
        var tagged = secrets.Select(secret => TaggedSecret.Read(listing.Store, listing.Names, secret, settings.Providers)).ToList();
        var inventory = source.Inventory;
        var untold = tagged.Where(tags => tags.IsProviderMissing)
            .Select(tags => tags.Location)
            .OfType<SecretLocation>()
            .Where(location => !told.ContainsKey(location) && !inventory.Declares(location));
        foreach (var (location, provider) in await teller.TellAsync(untold, cancellationToken))
        {
            told[location] = provider;
        }

        var seen = tagged.Zip(
            secrets,
            (tags, secret) => new SeenSecret(
                tags, secret.Alias, tags is { IsProviderMissing: true, Location: { } place } ? told.GetValueOrDefault(place) : null));
        return await recorder.SeeAsync(listing, [.. seen.Select(secret => Judge(secret, listing))], cancellationToken);
    }

    private SeenSecret Judge(SeenSecret seen, Listing listing)
    {
        var inventory = source.Inventory;
        var (store, tags) = (listing.Store, seen.Tags);
        if (!inventory.Declares(store, tags.Name) && (seen.Alias is null || !inventory.Declares(store, seen.Alias)))
        {
            var isUntold = tags.IsProviderMissing && seen.Told is null;
            listing.Faults.Add(
                tags.Name, isUntold ? [$"{listing.Names.Provider} is missing", .. tags.Faults] : tags.Faults);
        }

        return seen;
    }

    // A listing may lag behind, or lose a page: each key that it left out is asked for by itself where the store can tell.
    private async Task<int> LoseAsync(ISecretListing store, Listing listing, CancellationToken cancellationToken)
    {
        var unseen = await recorder.UnseenAsync(listing, MostConfirmed, cancellationToken);
        var isGone = new bool?[unseen.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, unseen.Count, options, async (index, token) =>
            isGone[index] = await IsGoneAsync(store, listing, unseen[index], token));
        List<DiscoveredKey> gone = [.. unseen.Where((_, index) => isGone[index] == true)];
        List<DiscoveredKey> there = [.. unseen.Where((_, index) => isGone[index] == false)];
        return gone.Count + there.Count > 0 && await recorder.LoseAsync(listing, gone, there, cancellationToken) ? gone.Count : 0;
    }

    private async Task<bool?> IsGoneAsync(ISecretListing store, Listing listing, DiscoveredKey key, CancellationToken cancellationToken)
    {
        if (store is not ISecretDescriber describer)
        {
            return true;
        }

        try
        {
            return !listing.Means(key, await describer.DescribeAsync(key.Location, cancellationToken), settings.Providers);
        }
        catch (SecretStoreException)
        {
            // Neither there nor gone: what is known stays, and the next listing asks again.
            return null;
        }
    }
}
