using System.Diagnostics.Metrics;
using KeyRotator.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Sends what there is to tell by OTLP, when it is told to. One caller at a time.</summary>
/// <remarks>Gauges and the rest go by ways of their own. A gauge whose labels are others now must not be told again with the old ones, which
/// OpenTelemetry sees to for deltas alone; the rest adds up, which every receiver understands.</remarks>
internal sealed class OtlpExport : IDisposable
{
    /// <summary>With more keys than that, keys have no samples of their own here: an export is one request.</summary>
    public const int MostKeys = 20_000;

    private const int LeastSeries = 2_000;

    private readonly MetricsCollector _collector;
    private readonly OtlpSettings _settings;
    private readonly Meter _meter = new(Instruments.MeterName, BuildFacts.Version);
    private readonly MeterProvider[] _ways;
    private readonly int _mostSeries;
    private readonly TimeProvider _time;
    private MetricsSnapshot? _snapshot;

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

        _ways = [Open(instance, isForGauges: true), Open(instance, isForGauges: false)];
    }

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
    /// <remarks>The ways stay open until the process ends: closing one sends once more, and waits for a receiver that hangs.</remarks>
    public void Dispose() => _meter.Dispose();

    private async Task<bool> SendAsync(CancellationToken cancellationToken)
    {
        _snapshot = await _collector.CollectAsync(cancellationToken);
        await Task.Yield(); // sending blocks
        var taken = Array.ConvertAll(_ways, way => way.ForceFlush((int)_settings.Timeout.TotalMilliseconds));
        _snapshot = null;
        return Array.TrueForAll(taken, one => one);
    }

    private void Observe(MetricFamily family)
    {
        if (family.Kind is MetricKind.Counter)
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
            samples = some.Count > _mostSeries ? [] : some;
        }

        return samples.Select(sample => Measured(family, sample));
    }

    private static Measurement<double> Measured(MetricFamily family, Sample sample) => new(
        sample.Value,
        family.Labels
            .Zip(sample.Labels, KeyValuePair.Create<string, object?>)
            .Where(label => label.Value is string { Length: > 0 }));

    private static bool IsManyFold(MetricFamily family) => family.IsPerKey || family == KeyMetrics.FindingOpenedAt;

    private MeterProvider Open(string instance, bool isForGauges) => Sdk.CreateMeterProviderBuilder()
        .AddMeter(Instruments.MeterName)
        .ConfigureResource(resource => resource
            .AddService("keyrotator", serviceVersion: BuildFacts.Version, serviceInstanceId: instance)
            .AddEnvironmentVariableDetector()) // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word
        .AddView(instrument => ViewOf(instrument, isForGauges))
        .AddReader(new BaseExportingMetricReader(new OtlpMetricExporter(Options()))
        {
            TemporalityPreference = isForGauges ? MetricReaderTemporalityPreference.Delta : MetricReaderTemporalityPreference.Cumulative,
        })
        .Build();

    private MetricStreamConfiguration? ViewOf(Instrument instrument, bool isForGauges)
    {
        var isGauge = instrument is ObservableGauge<double> or Gauge<double>;
        var family = MetricCatalogue.All.FirstOrDefault(family => family.OtelName == instrument.Name);
        return isGauge != isForGauges || family is null ? MetricStreamConfiguration.Drop
            : IsManyFold(family) ? new MetricStreamConfiguration { CardinalityLimit = _mostSeries }
            : null;
    }

    private OtlpExporterOptions Options() => new()
    {
        Endpoint = _settings.Endpoint,
        Protocol = _settings.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        Headers = _settings.Headers,
        TimeoutMilliseconds = (int)_settings.Timeout.TotalMilliseconds,
    };
}
