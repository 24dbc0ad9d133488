using System.Diagnostics.Metrics;

namespace KeyRotator.Metrics;

/// <summary>What is counted and measured as it happens. Costs next to nothing while nobody listens.</summary>
internal static class Instruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "KeyRotator";

    /// <summary>The meter that all instruments belong to.</summary>
    public static readonly Meter Meter = new(MeterName, BuildFacts.Version);

    public static readonly Counter<long> JobRuns = CounterOf(ServiceMetrics.JobRuns);
    public static readonly Histogram<double> JobDuration = HistogramOf(ServiceMetrics.JobDuration);
    public static readonly Counter<long> OtlpExports = CounterOf(ServiceMetrics.OtlpExports);
    public static readonly Counter<long> Probes = CounterOf(ProviderMetrics.Probes);
    public static readonly Histogram<double> ProbeDuration = HistogramOf(ProviderMetrics.ProbeDuration);
    public static readonly Gauge<double> RateLimitRemaining = GaugeOf(ProviderMetrics.Remaining);
    public static readonly Gauge<double> ClockOffset = GaugeOf(ProviderMetrics.ClockOffset);
    public static readonly Counter<long> StoreFailures = CounterOf(StoreMetrics.Failures);
    public static readonly Histogram<double> StoreDuration = HistogramOf(StoreMetrics.Duration);

    private static Counter<long> CounterOf(MetricFamily family) =>
        Meter.CreateCounter<long>(family.OtelName, family.Unit, family.Help);

    private static Gauge<double> GaugeOf(MetricFamily family) => Meter.CreateGauge<double>(family.OtelName, family.Unit, family.Help);

    private static Histogram<double> HistogramOf(MetricFamily family) => Meter.CreateHistogram(
        family.OtelName,
        family.Unit,
        family.Help,
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = family.Buckets });
}
