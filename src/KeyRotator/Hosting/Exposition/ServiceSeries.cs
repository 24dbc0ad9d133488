using KeyRotator.Metrics;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Hosting.Exposition;

/// <summary>What this process tells of itself, whether the database answers or not.</summary>
internal static class ServiceSeries
{
    /// <summary>Adds it.</summary>
    public static void Add(MetricsSnapshot snapshot, MetricSources sources, WorkingParts parts, DateTimeOffset startedAt)
    {
        snapshot.Add(ServiceMetrics.Build, [new Sample(1, BuildFacts.Version, BuildFacts.Commit, sources.Engine)]);
        snapshot.Add(ServiceMetrics.StartedAt, Unix.Seconds(startedAt));
        if (sources.Watcher is { } watcher)
        {
            snapshot.Add(ServiceMetrics.ConfigInForce, watcher.IsInForce ? 1 : 0);
            snapshot.Add(ServiceMetrics.ConfigReloadedAt, Unix.Seconds(watcher.LastReloadAt ?? startedAt));
            snapshot.Add(ServiceMetrics.ConfigFailures, watcher.FailedReloads);
        }

        snapshot.Add(
            ServiceMetrics.JobPeriod, sources.Jobs.Select(job => new Sample(job.Period.TotalSeconds, job.Key.Name)));
        snapshot.Add(ProviderMetrics.Limit, Limits(parts));
        snapshot.Add(StoreMetrics.Requests, parts.Stores.SelectMany(Requests));
    }

    private static IEnumerable<Sample> Limits(WorkingParts parts) => parts.Inventory.Keys
        .Select(key => key.Provider)
        .Distinct()
        .Order(StringComparer.Ordinal)
        .Select(name => parts.Settings.Providers.GetValueOrDefault(name))
        .Where(instance => instance?.RequestsPerMinute is not null)
        .Select(instance => new Sample(instance!.RequestsPerMinute!.Value, instance.Name));

    private static IEnumerable<Sample> Requests(IMeteredStore store)
    {
        var total = store.Meter.Total;
        return [new(total.Reads, store.Name, "read"), new(total.Lists, store.Name, "list"), new(total.Writes, store.Name, "write")];
    }
}
