using KeyRotator.Providers;

namespace KeyRotator.Validation;

/// <summary>Assesses keys by the clock alone: expiry, age and what was unproven for too long, also where no probe is due or none can be
/// made.</summary>
internal sealed class ClockSweep(CheckEnvironment environment, CheckRecorder recorder, InventoryRecorder inventory)
{
    private const int Chunk = 256;

    /// <summary>Goes over the whole inventory once, and lets go of what left it: a service's passes see the keys that are due, never all of
    /// them.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var startedAt = environment.Time.GetUtcNow();
        await environment.Inventories.RefreshAsync(cancellationToken);
        var groups = environment.Inventories.Inventory.Keys.GroupBy(key => key.Provider, StringComparer.Ordinal).ToList();
        await inventory.ForgetMovedAsync([.. groups.Select(group => group.Key)], cancellationToken);
        foreach (var group in groups)
        {
            var instance = environment.Settings.Providers[group.Key];
            var provider = KeyProviders.Find(instance.Kind) ?? throw new InvalidOperationException(
                $"Provider kind {instance.Kind} is not registered.");
            var pacer = new InstancePacer(1, null, environment.Time);
            var scope = new InstanceScope(environment, instance, provider, new StoreTally(), startedAt)
            {
                Pacer = pacer,
                Listings = PassListings.None,
            };
            foreach (var chunk in group.Chunk(Chunk))
            {
                Observation[] observations = [.. chunk.Select(key => new Observation { Key = key, At = environment.Time.GetUtcNow() })];
                await recorder.RecordAsync(observations, scope, cancellationToken);
            }
        }

        await inventory.ResolveOrphansAsync(cancellationToken);
    }
}
