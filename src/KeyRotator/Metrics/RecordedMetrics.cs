using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KeyRotator.Metrics;

/// <summary>Adds up what the instruments tell, from its making on. Safe for use from many threads.</summary>
internal sealed class RecordedMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly IReadOnlyDictionary<MetricFamily, ConcurrentDictionary<string, RecordedSeries>> _series = MetricCatalogue.All
        .Where(family => family.IsRecorded)
        .ToDictionary(family => family, _ => new ConcurrentDictionary<string, RecordedSeries>(StringComparer.Ordinal));

    /// <summary>Listens from now on.</summary>
    public RecordedMetrics()
    {
        _listener.InstrumentPublished = Enable;
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Take(value, tags, state));
        _listener.Start();
    }

    /// <summary>Has counters begin at nothing instead of not being there.</summary>
    public void Expect(MetricFamily family, params string[] labels) => SeriesOf(family, labels);

    /// <summary>What was told of a family, in the order of its labels.</summary>
    public IEnumerable<RecordedSeries> Of(MetricFamily family) =>
        _series[family].OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value);

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (ReferenceEquals(instrument.Meter, Instruments.Meter)
            && _series.Keys.FirstOrDefault(family => family.OtelName == instrument.Name) is { } family)
        {
            listener.EnableMeasurementEvents(instrument, family);
        }
    }

    private void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var family = (MetricFamily)state!;
        var labels = new string[family.Labels.Count];
        for (var index = 0; index < labels.Length; index++)
        {
            labels[index] = ValueOf(tags, family.Labels[index]);
        }

        SeriesOf(family, labels).Take(value);
    }

    private RecordedSeries SeriesOf(MetricFamily family, string[] labels) => _series[family].GetOrAdd(
        string.Join('\u001f', labels), static (_, made) => new RecordedSeries(made.family, made.labels), (family, labels));

    private static string ValueOf(ReadOnlySpan<KeyValuePair<string, object?>> tags, string label)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == label)
            {
                return tag.Value as string ?? "";
            }
        }

        return "";
    }
}
