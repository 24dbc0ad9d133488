using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>Keeps what is known of stores as a whole.</summary>
internal sealed class StoreRecorder(Inventory inventory)
{
    /// <summary>Ends a pass: opens and resolves the findings about the stores that it read.</summary>
    public async Task SettleAsync(
        LedgerSession session, IReadOnlyDictionary<string, StoreCount> counts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var open = await FindingTable.OpenAboutAsync(session.Transaction, [.. counts.Keys.Select(FindingSubject.Store)], cancellationToken);
        var unavailable = open.Where(finding => finding.Key is { Reason: FindingReason.StoreUnavailable, Mark: "" })
            .ToLookup(finding => finding.Key.Subject.Name, StringComparer.Ordinal);
        var unread = unavailable.Count == 0 ? new HashSet<string>() : await UnreadAsync(session.Transaction, cancellationToken);
        foreach (var (store, count) in counts)
        {
            // A pass that read some of a store's locations says nothing of those that could not be read before it.
            var claims = StoreClaims.Of(store, count);
            if (claims.Count > 0 || !unread.Contains(store))
            {
                await session.WriteAsync(
                    FindingLedger.Compare([.. unavailable[store]], claims), new FindingTerms { At = now }, cancellationToken);
            }
        }
    }

    // The stores that failed at the last look at some key that is still looked after there.
    private async Task<IReadOnlySet<string>> UnreadAsync(StateTransaction transaction, CancellationToken cancellationToken)
    {
        var stores = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, locations) in await KeyStatusTable.UnreadAsync(transaction, cancellationToken))
        {
            if (inventory.Find(id) is { IsLookedAfter: true } key)
            {
                var unread = locations.Where(location => location.UnreadSince is not null && key.Locations.Contains(location.Location));
                stores.UnionWith(unread.Select(location => location.Location.Store));
            }
        }

        return stores;
    }
}
