using Microsoft.Extensions.Logging.Abstractions;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Metrics of one pass, which ends before anybody could scrape it: sent once, where OTLP is on.</summary>
internal sealed class CheckTelemetry : IDisposable
{
    private readonly TimeSpan _patience;
    private readonly MetricsCollector _collector;
    private readonly OtlpExport _export;

    private CheckTelemetry(MetricSources sources, OtlpSettings settings)
    {
        _patience = settings.Timeout;
        _collector = new(sources, NullLogger<MetricsCollector>.Instance);
        var keys = sources.Parts().Inventory.Keys.Count;
        _export = new(_collector, settings, $"{Environment.MachineName}:check", keys, sources.Time);
    }

    /// <summary>Begins to count; null where nothing is to be sent.</summary>
    /// <param name="environment">Looks a variable up.</param>
    /// <param name="sources">Where the numbers come from.</param>
    /// <exception cref="FormatException">A variable is wrong; the message names it and says what would be right.</exception>
    public static CheckTelemetry? Begin(Func<string, string?> environment, Func<MetricSources> sources) =>
        OtlpSettings.Of(environment) is { } settings
            ? new(sources() with { TellsKeys = MetricsHosting.TellsKeys(environment) }, settings)
            : null;

    /// <summary>Sends them; false where the receiver did not take them within the time that OTLP's settings give it.</summary>
    public Task<bool> SendAsync(CancellationToken cancellationToken) => _export.ExportAsync(_patience, cancellationToken);

    /// <summary>Whether there were too many keys to tell of each.</summary>
    public bool LeftKeysOut => _export.LeftKeysOut;

    /// <inheritdoc />
    public void Dispose()
    {
        _export.Dispose();
        _collector.Dispose();
    }
}
