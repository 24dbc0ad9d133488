namespace KeyRotator.Metrics;

/// <summary>What was told of one combination of labels.</summary>
internal sealed class RecordedSeries(MetricFamily family, string[] labels)
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[family.Buckets.Count + 1];
    private double _value;

    /// <summary>Values of the family's labels.</summary>
    public IReadOnlyList<string> Labels => labels;

    /// <summary>What it stands at now.</summary>
    public RecordedFigures Read()
    {
        lock (_lock)
        {
            return new(_value, [.. _counts]);
        }
    }

    /// <summary>Takes one measurement.</summary>
    public void Take(double value)
    {
        lock (_lock)
        {
            _value = family.Kind is MetricKind.Gauge ? value : _value + value;
            if (family.Kind is MetricKind.Histogram)
            {
                _counts[BucketOf(value)]++;
            }
        }
    }

    // A bucket's upper bound belongs to it.
    private int BucketOf(double value)
    {
        var bucket = 0;
        while (bucket < family.Buckets.Count && value > family.Buckets[bucket])
        {
            bucket++;
        }

        return bucket;
    }
}

/// <summary>One moment of a series.</summary>
/// <param name="Value">The count, the last value, or the sum of all measurements.</param>
/// <param name="Counts">How many measurements fell into each bucket, the one without bound last.</param>
internal sealed record RecordedFigures(double Value, IReadOnlyList<long> Counts);
