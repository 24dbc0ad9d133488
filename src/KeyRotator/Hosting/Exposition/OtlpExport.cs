using System.Diagnostics.Metrics;
using KeyRotator.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Sends what there is to tell by OTLP, when it is told to. One caller at a time.</summary>
/// <remarks>What adds up is told as a sum since the start, which every receiver understands; what the process did not begin to count is a
/// value, or a receiver that makes differences of sums would count it again with every process. What is not there any more is told no
/// more.</remarks>
internal sealed class OtlpExport : IDisposable
{
    /// <summary>With more keys than that, keys have no samples of their own here: an export is one request.</summary>
    public const int MostKeys = 20_000;

    private const int LeastSeries = 2_000;

    private readonly MetricsCollector _collector;
    private readonly OtlpSettings _settings;
    private readonly Meter _meter = new(Instruments.MeterName, BuildFacts.Version);
    private readonly MeterProvider _way;
    private readonly int _mostSeries;
    private readonly TimeProvider _time;
    private MetricsSnapshot? _snapshot;
    private bool _leavesOut;

    /// <summary>Begins to count. Sends nothing yet.</summary>
    /// <param name="collector">Gathers what is looked up.</param>
    /// <param name="settings">Where it goes.</param>
    /// <param name="instance">Names this process among others.</param>
    /// <param name="keys">How many keys there are: room is made for twice as many.</param>
    /// <param name="time">The clock.</param>
    public OtlpExport(MetricsCollector collector, OtlpSettings settings, string instance, int keys, TimeProvider time)
    {
        (_collector, _settings, _time) = (collector, settings, time);
        _mostSeries = Math.Clamp(2 * keys, LeastSeries, MostKeys);
        foreach (var family in MetricCatalogue.All.Where(family => !family.IsRecorded))
        {
            Observe(family);
        }

        _way = Open(instance);
    }

    /// <summary>The most series of a family that has one for each key.</summary>
    public int MostSeries => _mostSeries;

    /// <summary>Whether there were more of them at the last export, and none of their family was sent.</summary>
    public bool LeftKeysOut { get; private set; }

    /// <summary>Sends it all; false where the receiver did not take it in time.</summary>
    /// <param name="patience">How long this may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> ExportAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var isTaken = false;
        try
        {
            isTaken = await SendAsync(cancellationToken).WaitAsync(patience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It goes on by itself, bounded by the exporter's own time limit.
        }

        Instruments.OtlpExports.Add(1, new KeyValuePair<string, object?>("result", isTaken ? "success" : "failure"));
        return isTaken;
    }

    /// <summary>Stops counting.</summary>
    /// <remarks>The way stays open until the process ends: closing it sends once more, and waits for a receiver that hangs.</remarks>
    public void Dispose() => _meter.Dispose();

    private async Task<bool> SendAsync(CancellationToken cancellationToken)
    {
        _snapshot = await _collector.CollectAsync(cancellationToken);
        await Task.Yield(); // sending blocks
        _leavesOut = false;
        var isTaken = _way.ForceFlush((int)_settings.Timeout.TotalMilliseconds);
        LeftKeysOut = _leavesOut;
        _snapshot = null;
        return isTaken;
    }

    private void Observe(MetricFamily family)
    {
        if (family is { Kind: MetricKind.Counter, OutlivesProcess: false })
        {
            _meter.CreateObservableCounter(family.OtelName, () => Measure(family), family.Unit, family.Help);
        }
        else
        {
            _meter.CreateObservableGauge(family.OtelName, () => Measure(family), family.Unit, family.Help);
        }
    }

    private IEnumerable<Measurement<double>> Measure(MetricFamily family)
    {
        var samples = _snapshot?.Of(family) ?? [];
        if (IsManyFold(family))
        {
            var some = samples.Take(_mostSeries + 1).ToList();
            var isTooMuch = some.Count > _mostSeries;
            _leavesOut |= isTooMuch;
            samples = isTooMuch ? [] : some;
        }

        return samples.Select(sample => Measured(family, sample));
    }

    private static Measurement<double> Measured(MetricFamily family, Sample sample) => new(
        sample.Value,
        family.Labels
            .Zip(sample.Labels, KeyValuePair.Create<string, object?>)
            .Where(label => label.Value is string { Length: > 0 }));

    private static bool IsManyFold(MetricFamily family) => family.IsPerKey || family == KeyMetrics.FindingOpenedAt;

    private MeterProvider Open(string instance) => Sdk.CreateMeterProviderBuilder()
        .AddMeter(Instruments.MeterName)
        .ConfigureResource(resource => resource
            .AddService("keyrotator", serviceVersion: BuildFacts.Version, serviceInstanceId: instance)
            .AddEnvironmentVariableDetector()) // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word
        .AddView(instrument => ViewOf(instrument))
        .AddReader(new BaseExportingMetricReader(new OtlpMetricExporter(Options())))
        .Build();

    private MetricStreamConfiguration? ViewOf(Instrument instrument) =>
        MetricCatalogue.All.FirstOrDefault(family => family.OtelName == instrument.Name) is { } family && IsManyFold(family)
            ? new MetricStreamConfiguration { CardinalityLimit = _mostSeries }
            : null;

    private OtlpExporterOptions Options() => new()
    {
        Endpoint = _settings.Endpoint,
        Protocol = _settings.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        Headers = _settings.Headers,
        TimeoutMilliseconds = (int)_settings.Timeout.TotalMilliseconds,
    };
}
