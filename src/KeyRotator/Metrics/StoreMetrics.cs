namespace KeyRotator.Metrics;

/// <summary>What is told of stores.</summary>
internal static class StoreMetrics
{
    public static readonly MetricFamily Requests = new(
        "keyrotator.store.requests", MetricKind.Counter, "{request}",
        "Requests to the API of each store, repeats included, by what they ask for.", "store", "kind");

    public static readonly MetricFamily Failures = new(
        "keyrotator.store.failures", MetricKind.Counter, "{request}",
        "Requests to the API of each store that were not answered, or answered with a fault, repeats included.", "store", "cause")
    {
        IsRecorded = true,
    };

    public static readonly MetricFamily Duration = new(
        "keyrotator.store.request.duration", MetricKind.Histogram, "s", "How long requests to the API of each store took.", "store")
    {
        IsRecorded = true,
        Buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    };

    public static IReadOnlyList<MetricFamily> All { get; } = [Requests, Failures, Duration];
}
