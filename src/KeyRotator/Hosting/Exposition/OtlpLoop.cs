namespace KeyRotator.Hosting.Exposition;

/// <summary>Sends metrics by OTLP again and again, and once more at the end. Does nothing where nobody asked for it.</summary>
internal sealed partial class OtlpLoop(
    LiveRuntime live, MetricsCollector collector, TimeProvider time, ILogger<OtlpLoop> logger) : BackgroundService
{
    // The process is told to end: what comes late is lost.
    private static readonly TimeSpan s_lastPatience = TimeSpan.FromSeconds(3);

    private bool _isFailing;
    private bool _leavesKeysOut;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (OtlpSettings.Of(Environment.GetEnvironmentVariable) is not { } settings)
        {
            return;
        }

        await Task.Yield(); // the service starts without waiting for this
        using var export = Begin(settings);
        using var timer = new PeriodicTimer(settings.Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Tell(await export.ExportAsync(settings.Timeout * 2, stoppingToken));
                TellOfKeys(export);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Tell(await export.ExportAsync(s_lastPatience, CancellationToken.None));
        }
    }

    private OtlpExport Begin(OtlpSettings settings)
    {
        using var runtime = live.Rent();
        var instance = $"{Environment.MachineName}:{Environment.ProcessId}";
        return new(collector, settings, instance, runtime.Value.Inventory.Keys.Count, time);
    }

    // Once, not every minute.
    private void Tell(bool isTaken)
    {
        if (isTaken == _isFailing)
        {
            _isFailing = !isTaken;
            if (isTaken)
            {
                LogTaken();
            }
            else
            {
                LogRefused();
            }
        }
    }

    private void TellOfKeys(OtlpExport export)
    {
        if (export.LeftKeysOut && !_leavesKeysOut)
        {
            LogKeysLeftOut(export.MostSeries);
        }

        _leavesKeysOut = export.LeftKeysOut;
    }

    [LoggerMessage(7203, LogLevel.Warning, "Metrics sent by OTLP are not taken: look at address, protocol, headers and receiver")]
    private partial void LogRefused();

    [LoggerMessage(7204, LogLevel.Information, "Metrics sent by OTLP are taken again")]
    private partial void LogTaken();

    [LoggerMessage(7205, LogLevel.Warning, "OTLP tells no more of each key, only their sums: there are more than {Most} series. /metrics has all")]
    private partial void LogKeysLeftOut(int most);
}
