using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>Weighs, before a pass, how many calls each store's listing may take: half of what the reads would take that it
/// spares.</summary>
/// <remarks>A service passes over a few keys at a time. Another location is looked at with each check, so that one listing serves all of
/// them that are declared; keys that rest are looked at together.</remarks>
internal sealed class ListingWorth(CheckEnvironment environment)
{
    /// <summary>The calls, by store.</summary>
    /// <param name="groups">The pass's keys, by provider instance.</param>
    /// <param name="ignoreCadence">Whether the pass is the only one for a while.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyDictionary<string, int>> WeighAsync(
        IReadOnlyList<IGrouping<string, ManagedKey>> groups, bool ignoreCadence, CancellationToken cancellationToken)
    {
        var spared = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var share = await RestingAsync(group.Key, group.Count(), cancellationToken) / group.Count();
            Add(spared, group.Select(key => key.Primary.Store), share);
        }

        var looked = ignoreCadence ? groups.SelectMany(group => group) : environment.Settings.Keys;
        var others = looked.Where(key => key.Locations.Count > 1).SelectMany(key => key.Locations.Skip(1));
        Add(spared, others.Select(location => location.Store), 1);
        return spared.ToDictionary(entry => entry.Key, entry => CallsFor(entry.Value, environment.Stores[entry.Key].Capabilities));
    }

    private static int CallsFor(double values, StoreCapabilities can) => (int)Math.Min(int.MaxValue, values / can.ValuesPerCall / 2);

    private static void Add(Dictionary<string, double> spared, IEnumerable<string> stores, double each)
    {
        foreach (var store in each > 0 ? stores : [])
        {
            spared[store] = spared.GetValueOrDefault(store) + each;
        }
    }

    // How many of an instance's keys are looked at and not probed.
    private async Task<double> RestingAsync(string name, int keys, CancellationToken cancellationToken)
    {
        var instance = environment.Settings.Providers[name];
        if (!instance.Probe || Providers.KeyProviders.Find(instance.Kind) is not { } provider)
        {
            return keys;
        }

        await using var transaction = await environment.State.BeginReadAsync(cancellationToken);
        var since = environment.Time.GetUtcNow() - provider.Profile.LeastCheckEvery;
        return Math.Min(keys, await KeyStatusTable.CountProbedAsync(transaction, name, since, cancellationToken));
    }
}
