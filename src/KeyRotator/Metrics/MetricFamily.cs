namespace KeyRotator.Metrics;

/// <summary>How a family's values are meant.</summary>
internal enum MetricKind
{
    /// <summary>A value that goes up and down, or a time.</summary>
    Gauge = 0,

    /// <summary>A value that only grows, and begins anew with the process where the process counts.</summary>
    Counter,

    /// <summary>How many measurements were how large.</summary>
    Histogram,
}

/// <summary>A metric: what both outputs know of it. Two are equal where they are the same object.</summary>
/// <param name="otelName">Its name in OpenTelemetry, with dots and without unit.</param>
/// <param name="kind">How its values are meant.</param>
/// <param name="unit"><c>s</c>, or what is counted, as in <c>{key}</c>.</param>
/// <param name="help">One sentence: no quotes, backslashes or line breaks.</param>
/// <param name="labels">Names of its labels, in the order of the values.</param>
internal sealed class MetricFamily(string otelName, MetricKind kind, string unit, string help, params string[] labels)
{
    private const string Seconds = "s";

    /// <summary>Its name in OpenTelemetry.</summary>
    public string OtelName => otelName;

    /// <summary>Its name in Prometheus, which follows from the other as OpenTelemetry lays down.</summary>
    public string Name { get; } =
        otelName.Replace('.', '_') + (unit == Seconds ? "_seconds" : "") + (kind is MetricKind.Counter ? "_total" : "");

    /// <summary>The name that OpenMetrics gives to the whole: a counter's without its suffix.</summary>
    public string FamilyName { get; } = otelName.Replace('.', '_') + (unit == Seconds ? "_seconds" : "");

    /// <summary>How its values are meant.</summary>
    public MetricKind Kind => kind;

    /// <summary>The unit.</summary>
    public string Unit => unit;

    /// <summary>The unit as OpenMetrics names it, or null where things are counted.</summary>
    public string? BaseUnit { get; } = unit == Seconds ? "seconds" : null;

    /// <summary>What it tells.</summary>
    public string Help => help;

    /// <summary>Names of its labels, in the order of the values.</summary>
    public IReadOnlyList<string> Labels => labels;

    /// <summary>Upper bounds of a histogram's buckets, ascending; the last, without bound, is not among them.</summary>
    public IReadOnlyList<double> Buckets { get; init; } = [];

    /// <summary>Whether this process counts or measures it as things happen. Others are looked up when somebody asks.</summary>
    public bool IsRecorded { get; init; }

    /// <summary>Whether it goes on where the process before left off, since it is counted in the database.</summary>
    public bool OutlivesProcess { get; init; }

    /// <summary>Whether it has a sample for each key.</summary>
    public bool IsPerKey { get; init; }
}

/// <summary>One value.</summary>
/// <param name="Value">The value; times are seconds since 1970.</param>
/// <param name="Labels">Values of the family's labels, in their order; null or empty where there is none.</param>
internal readonly record struct Sample(double Value, params string?[] Labels);
