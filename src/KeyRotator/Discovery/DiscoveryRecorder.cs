using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Discovery;

/// <summary>Makes what a listing sees durable, some hundred secrets to a commit.</summary>
/// <remarks>Every commit asks whether the listing is still the last one begun: what a paused process writes late is refused as a whole.
/// A kill leaves what was seen so far; nothing is lost by that, because only a listing that came to its end says that a key is
/// gone.</remarks>
internal sealed class DiscoveryRecorder(
    StateDatabase state, Inventory inventory, FindingWriter findings, TimeProvider time)
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(5);

    /// <summary>Begins a listing, or gives null where it is not time.</summary>
    public async Task<Listing?> BeginAsync(string store, DiscoverSettings discover, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var number = await DiscoveryTable.ClaimAsync(
            transaction, store, Listing.TextOf(discover), now, s_lease, discover.Every, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return number is { } claimed ? new(store, claimed, discover, now) : null;
    }

    /// <summary>What is known of the secrets with these names.</summary>
    public async Task<IReadOnlyList<DiscoveredKey>> KnownAsync(
        Listing listing, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginReadAsync(cancellationToken);
        return await DiscoveredKeyTable.NamedAsync(transaction, listing.Store, names, cancellationToken);
    }

    /// <summary>Records some of what the listing sees; false where another listing took over.</summary>
    public Task<bool> SeeAsync(Listing listing, IReadOnlyList<SeenSecret> seen, CancellationToken cancellationToken) =>
        CommitAsync(listing, time.GetUtcNow() + s_lease, async transaction =>
        {
            var known = await DiscoveredKeyTable.NamedAsync(
                transaction, listing.Store, seen.Select(secret => secret.Tags.Name), cancellationToken);
            var sighting = new Sighting(listing.Store, known);
            seen.ToList().ForEach(secret => sighting.Add(secret, inventory));
            var ids = sighting.New.SelectMany(key => (KeyId[])[key.Id, DiscoveredKeyId.Distinct(key.Location)]);
            sighting.Settle(await DiscoveredKeyTable.WithIdsAsync(transaction, ids, cancellationToken), listing.Faults);
            return await SaveAsync(transaction, sighting, listing, cancellationToken);
        }, cancellationToken);

    /// <summary>Keys that the listing, at its end, has not seen: some hundreds at most.</summary>
    public async Task<IReadOnlyList<DiscoveredKey>> UnseenAsync(Listing listing, int most, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginReadAsync(cancellationToken);
        return await DiscoveredKeyTable.UnseenAsync(transaction, listing.Store, listing.Number, most, cancellationToken);
    }

    /// <summary>Records that keys are gone, and that others were only left out; false where another listing took over.</summary>
    public Task<bool> LoseAsync(
        Listing listing, IReadOnlyList<DiscoveredKey> gone, IReadOnlyList<DiscoveredKey> there, CancellationToken cancellationToken) =>
        CommitAsync(listing, time.GetUtcNow() + s_lease, async transaction =>
        {
            var now = time.GetUtcNow();
            foreach (var key in gone)
            {
                await DiscoveredKeyTable.SaveAsync(transaction, key with { GoneSince = now }, listing.Number, cancellationToken);
            }

            foreach (var key in there)
            {
                await DiscoveredKeyTable.TouchAsync(transaction, key.Id, listing.Number, cancellationToken);
            }

            return gone.Count > 0;
        }, cancellationToken);

    /// <summary>Ends a listing: says when the next is due, and opens and resolves the findings about it.</summary>
    public Task EndAsync(Listing listing, SecretStoreException? failure, CancellationToken cancellationToken) =>
        CommitAsync(listing, listing.NextAt(time.GetUtcNow(), failure), async transaction =>
        {
            // A listing that was cut short has not seen all tags: what is said of them stays.
            var open = (await FindingTable.OpenAboutAsync(transaction, [FindingSubject.Store(listing.Store)], cancellationToken)).Where(
                finding => DiscoveryClaims.IsOwn(finding.Key)
                    && (failure is null || finding.Key.Reason is FindingReason.StoreUnavailable));
            var claims = failure is null
                ? DiscoveryClaims.Untagged(listing.Store, listing.Discover.Tag, listing.Faults)
                : [DiscoveryClaims.Unlisted(failure)];
            var now = time.GetUtcNow();
            var session = findings.Begin(transaction);
            await session.WriteAsync(FindingLedger.Compare([.. open], claims), new FindingTerms { At = now }, cancellationToken);
            await session.FlushAsync(now, cancellationToken);
            return false;
        }, cancellationToken);

    private async Task<bool> CommitAsync(
        Listing listing, DateTimeOffset nextAt, Func<StateTransaction, Task<bool>> work, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        if (!await DiscoveryTable.ContinueAsync(transaction, listing.Store, listing.Number, nextAt, cancellationToken))
        {
            return false;
        }

        if (await work(transaction))
        {
            await DiscoveryTable.ReviseAsync(transaction, listing.Store, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<bool> SaveAsync(
        StateTransaction transaction, Sighting sighting, Listing listing, CancellationToken cancellationToken)
    {
        foreach (var key in sighting.Changed)
        {
            await DiscoveredKeyTable.SaveAsync(transaction, key, listing.Number, cancellationToken);
        }

        foreach (var key in sighting.Same)
        {
            await DiscoveredKeyTable.TouchAsync(transaction, key.Id, listing.Number, cancellationToken);
        }

        foreach (var key in sighting.Declared)
        {
            await DiscoveredKeyTable.RemoveAsync(transaction, key.Id, cancellationToken);
        }

        return sighting.Changed.Count + sighting.Declared.Count > 0;
    }
}
