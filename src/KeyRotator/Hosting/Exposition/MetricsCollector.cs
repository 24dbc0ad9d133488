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
    private readonly StateReader _reader;
    private readonly DateTimeOffset _startedAt;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private StateReading? _reading;

    /// <summary>Begins to count.</summary>
    public MetricsCollector(MetricSources sources, ILogger<MetricsCollector> logger)
    {
        _sources = sources;
        _logger = logger;
        _reader = new(sources.State, sources.Time);
        _startedAt = sources.Time.GetUtcNow();
    }

    /// <summary>What was read is told again for so long.</summary>
    public static TimeSpan Lasts { get; } = TimeSpan.FromSeconds(5);

    /// <summary>A database that has not answered by then does not answer.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What this process counts and measures.</summary>
    public RecordedMetrics Recorded { get; } = new();

    /// <summary>Gathers it. Never fails for the database: then what it holds is missing, and that is told.</summary>
    public async Task<MetricsSnapshot> CollectAsync(CancellationToken cancellationToken)
    {
        var parts = _sources.Parts();
        Expect(parts);
        var snapshot = new MetricsSnapshot(Recorded);
        ServiceSeries.Add(snapshot, _sources, parts, _startedAt);
        DeliverySeries.AddAttempts(snapshot, parts.Attempts);
        var figures = await AnswerAsync(parts.Inventory, cancellationToken);
        snapshot.Add(ServiceMetrics.DatabaseUp, figures is null ? 0 : 1);
        snapshot.Add(ServiceMetrics.JobSucceededAt, LastSuccesses(figures));
        if (figures is not null)
        {
            AddState(snapshot, parts, figures);
        }

        return snapshot;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        Recorded.Dispose();
    }

    private void AddState(MetricsSnapshot snapshot, WorkingParts parts, StateFigures figures)
    {
        snapshot.Add(ServiceMetrics.DatabaseRead, figures.Duration.TotalSeconds);
        snapshot.Add(ServiceMetrics.AuditSequence, figures.Audit?.Sequence ?? 0);
        KeySeries.Add(snapshot, figures.Keys, _sources.TellsKeys);
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

    // A reading that takes too long goes on by itself: nobody starts another beside it.
    private async Task<StateFigures?> AnswerAsync(Inventory inventory, CancellationToken cancellationToken)
    {
        var reading = Reading(inventory);
        var left = Patience - _sources.Time.GetElapsedTime(reading.BeganAt);
        try
        {
            return await reading.Figures.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _sources.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogSilent(Patience.TotalSeconds);
            return null;
        }
    }

    private StateReading Reading(Inventory inventory)
    {
        lock (_lock)
        {
            if (_reading is null || (_reading.Figures.IsCompleted && _sources.Time.GetElapsedTime(_reading.BeganAt) >= Lasts))
            {
                _reading = new(_sources.Time.GetTimestamp(), ReadAsync(inventory));
            }

            return _reading;
        }
    }

    private async Task<StateFigures?> ReadAsync(Inventory inventory)
    {
        await Task.Yield(); // SQLite blocks whoever asks it
        try
        {
            return await _reader.ReadAsync(inventory, _stop.Token);
        }
        catch (StateException fault)
        {
            LogFailed(fault.Message);
            return null;
        }
    }

    [LoggerMessage(7201, LogLevel.Warning, "Metrics lack what the database holds: it has not answered within {Seconds} seconds")]
    private partial void LogSilent(double seconds);

    [LoggerMessage(7202, LogLevel.Warning, "Metrics lack what the database holds: {Fault}")]
    private partial void LogFailed(string fault);

    private sealed record StateReading(long BeganAt, Task<StateFigures?> Figures);
}
