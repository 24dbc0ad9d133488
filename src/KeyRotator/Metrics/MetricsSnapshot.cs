namespace KeyRotator.Metrics;

/// <summary>What there is to tell at one moment.</summary>
internal sealed class MetricsSnapshot(RecordedMetrics recorded)
{
    private readonly Dictionary<MetricFamily, IEnumerable<Sample>> _samples = [];

    /// <summary>Adds a family's samples. They are enumerated when somebody writes them, once or often.</summary>
    public void Add(MetricFamily family, IEnumerable<Sample> samples) => _samples.Add(family, samples);

    /// <summary>Adds the one sample of a family without labels; none where the value is unknown.</summary>
    public void Add(MetricFamily family, double? value) => Add(family, value is { } known ? [new Sample(known)] : []);

    /// <summary>The samples of a family that was looked up; none where nobody knows.</summary>
    public IEnumerable<Sample> Of(MetricFamily family) => _samples.GetValueOrDefault(family, []);

    /// <summary>What this process counted and measured of a family.</summary>
    public IEnumerable<RecordedSeries> RecordedOf(MetricFamily family) => recorded.Of(family);
}
