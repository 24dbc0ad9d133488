using System.Collections.ObjectModel;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Discovery;

/// <summary>The one place that hands out the inventory: what the file declares, and what is known of the stores that it has looked
/// through.</summary>
internal sealed class InventorySource(Settings settings, StateDatabase state)
{
    private readonly string[] _stores =
        [.. settings.Stores.Values.Where(store => store.Discover is not null).Select(store => store.Name).Order(StringComparer.Ordinal)];

    private volatile string _revision = "";
    private volatile IReadOnlyDictionary<KeyId, Suspension> _held = ReadOnlyDictionary<KeyId, Suspension>.Empty;

    /// <summary>The inventory. Before the first <see cref="RefreshAsync"/> it has the declared keys alone.</summary>
    public Inventory Inventory { get; } = new(settings.Keys);

    /// <summary>Takes over what changed in the database since, by whatever process: what was found, and what operators hold. Cheap where
    /// nothing did.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginReadAsync(cancellationToken);
        await DiscoverAsync(transaction, cancellationToken);
        var held = await SuspensionTable.AllAsync(transaction, cancellationToken);
        if (!held.SequenceEqual(_held))
        {
            Inventory.Hold(held);
            _held = held;
        }
    }

    private async Task DiscoverAsync(StateTransaction transaction, CancellationToken cancellationToken)
    {
        if (_stores.Length == 0)
        {
            return;
        }

        var revision = await DiscoveryTable.RevisionAsync(transaction, _stores, cancellationToken);
        if (revision == _revision)
        {
            return;
        }

        var known = await DiscoveredKeyTable.OfStoresAsync(transaction, _stores, cancellationToken);
        // One whose provider left the file cannot be asked about; the next listing tells.
        Inventory.Take(known.Where(key => settings.Providers.ContainsKey(key.Provider)), settings.PolicyOf);
        _revision = revision;
    }
}
