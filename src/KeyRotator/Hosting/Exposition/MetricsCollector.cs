using System.Collections.ObjectModel;
using KeyRotator.Keys;
using KeyRotator.Metrics;
using KeyRotator.State;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Gathers what there is to tell. However often it is asked, the database is read by one at a time, and once in a while.</summary>
internal sealed partial class MetricsCollector : IDisposable
{
    private readonly MetricSources _sources;
    private readonly ILogger<MetricsCollector> _logger;
    private readonly SharedReading<KeyPages> _keys;
    private readonly SharedReading<StateFigures> _rest;
    private readonly DateTimeOffset _startedAt;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Begins to count.</summary>
    public MetricsCollector(MetricSources sources, ILogger<MetricsCollector> logger)
    {
        _sources = sources;
        _logger = logger;
        var reader = new StateReader(sources.State, sources.Time);
        _keys = new(() => TryAsync(reader.KeysAsync(sources.Parts().Inventory, _stop.Token)), sources.Time);
        _rest = new(() => TryAsync(reader.RestAsync(_stop.Token)), sources.Time);
        _startedAt = sources.Time.GetUtcNow();
    }

    /// <summary>What was read is told again for so long while the database fails, and what is known of keys also while it is read
    /// anew.</summary>
    public static TimeSpan KeysLast { get; } = TimeSpan.FromMinutes(5);

    /// <summary>What this process counts and measures.</summary>
    public RecordedMetrics Recorded { get; } = new();

    /// <summary>Gathers it. Never fails for the database: then that is told, and what it held last, for a while.</summary>
    public async Task<MetricsSnapshot> CollectAsync(CancellationToken cancellationToken)
    {
        var parts = _sources.Parts();
        Expect(parts);
        var snapshot = new MetricsSnapshot(Recorded);
        ServiceSeries.Add(snapshot, _sources, parts, _startedAt);
        DeliverySeries.AddAttempts(snapshot, parts.Attempts);
        var (rest, keys) = (_rest.AnswerAsync(cancellationToken), _keys.AnswerAsync(cancellationToken));
        AddState(snapshot, parts, await rest, await keys);
        return snapshot;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        Recorded.Dispose();
    }

    // Reading very many keys may take longer than anybody waits: that is no fault of the database. Where there is one, what was known stays
    // for a while: else a short outage would end every alert about keys, and raise it anew.
    private void AddState(MetricsSnapshot snapshot, WorkingParts parts, Reading<StateFigures> rest, Reading<KeyPages> keys)
    {
        var isUp = rest.Value is not null && (keys.Value is not null || keys.IsPending);
        var (figures, known) = (rest.Value ?? _rest.Last(KeysLast), keys.Value ?? _keys.Last(KeysLast));
        snapshot.Add(ServiceMetrics.DatabaseUp, isUp ? 1 : 0);
        snapshot.Add(ServiceMetrics.JobSucceededAt, LastSuccesses(rest.Value ?? _rest.Last(TimeSpan.MaxValue))); // what happened stays so
        if (!isUp)
        {
            LogLacking(rest.IsPending ? "it has not answered in time" : "it failed");
        }

        if (figures is not null && (isUp || known is not null))
        {
            AddRest(snapshot, parts, figures);
            AddKeys(snapshot, known);
        }
    }

    private void AddKeys(MetricsSnapshot snapshot, KeyPages? known)
    {
        if (known is not null)
        {
            snapshot.Add(ServiceMetrics.DatabaseRead, known.Duration.TotalSeconds);
            snapshot.Add(KeyMetrics.ReadAt, Unix.Seconds(known.At));
            KeySeries.Add(snapshot, known.Pages, _sources.TellsKeys);
        }
    }

    private void AddRest(MetricsSnapshot snapshot, WorkingParts parts, StateFigures figures)
    {
        snapshot.Add(ServiceMetrics.AuditSequence, figures.Audit?.Sequence ?? 0);
        FindingSeries.Add(snapshot, figures, parts.Inventory, _sources.TellsKeys);
        RotationSeries.Add(snapshot, figures);
        DeliverySeries.Add(snapshot, figures, parts.Settings.Channels.Keys);
        snapshot.Add(ProviderMetrics.PausedUntil, InstanceTimes(figures, instance => instance.NotBefore));
        snapshot.Add(ProviderMetrics.UnreachableSince, InstanceTimes(figures, instance => instance.UnreachableSince));
    }

    // Here or in another process: the last one counts.
    private IEnumerable<Sample> LastSuccesses(StateFigures? figures) => _sources.Succeeded()
        .Concat(figures?.Jobs ?? ReadOnlyDictionary<string, DateTimeOffset>.Empty)
        .GroupBy(job => job.Key, job => job.Value, StringComparer.Ordinal)
        .OrderBy(job => job.Key, StringComparer.Ordinal)
        .Select(job => new Sample(Unix.Seconds(job.Max()), job.Key));

    private static IEnumerable<Sample> InstanceTimes(StateFigures figures, Func<InstanceFigures, DateTimeOffset?> of) => figures.Instances
        .Where(instance => of(instance) is not null)
        .Select(instance => new Sample(Unix.Seconds(of(instance)), instance.Provider));

    private void Expect(WorkingParts parts)
    {
        foreach (var provider in parts.Inventory.Keys.Select(key => key.Provider).Distinct())
        {
            Array.ForEach(Enum.GetNames<Verdict>(), verdict => Recorded.Expect(ProviderMetrics.ProbeDuration, provider, verdict));
        }

        foreach (var store in parts.Stores)
        {
            Recorded.Expect(StoreMetrics.Duration, store.Name);
            Array.ForEach(StoreFailure.Causes, cause => Recorded.Expect(StoreMetrics.Failures, store.Name, cause));
        }

        foreach (var job in _sources.Jobs)
        {
            Recorded.Expect(ServiceMetrics.JobRuns, job.Key.Name, JobMeter.Success);
            Recorded.Expect(ServiceMetrics.JobRuns, job.Key.Name, JobMeter.Failure);
        }
    }

    private async Task<T?> TryAsync<T>(Task<T> reading)
        where T : class
    {
        try
        {
            return await reading;
        }
        catch (StateException fault)
        {
            LogFailed(fault.Message);
            return null;
        }
    }

    [LoggerMessage(7201, LogLevel.Warning, "Metrics lack what the database holds now: {Why}")]
    private partial void LogLacking(string why);

    [LoggerMessage(7202, LogLevel.Warning, "What metrics tell cannot be read from the database: {Fault}")]
    private partial void LogFailed(string fault);
}
