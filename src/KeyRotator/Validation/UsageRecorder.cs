using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Validation;

/// <summary>Makes the stores' counts durable, with a commit that a pass makes anyway. What a pass that was broken off counted is the next
/// one's.</summary>
/// <param name="stores">The configured stores by name.</param>
internal sealed class UsageRecorder(IReadOnlyDictionary<string, ISecretStore> stores)
{
    private readonly Dictionary<string, StoreRequests> _recorded = new(StringComparer.Ordinal);

    /// <summary>Adds what was counted and not recorded yet. Not by two threads at once.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="since">When counting began, for a store that was never called (UTC).</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>To be called once the transaction is committed: what was added is not added again.</returns>
    public async Task<Action> AddAsync(StateTransaction transaction, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var totals = stores.Values.OfType<IMeteredStore>().ToDictionary(store => store.Name, store => store.Meter.Total);
        foreach (var (store, total) in totals)
        {
            if (total - _recorded.GetValueOrDefault(store) is { IsNone: false } more)
            {
                var usage = new StoreUsage(store, since, more.Reads, more.Lists, more.Writes);
                await StoreUsageTable.AddAsync(transaction, usage, cancellationToken);
            }
        }

        return () =>
        {
            foreach (var (store, total) in totals)
            {
                _recorded[store] = total;
            }
        };
    }
}
