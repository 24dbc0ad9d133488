namespace KeyRotator.Metrics;

/// <summary>What is told of provider instances.</summary>
internal static class ProviderMetrics
{
    private const string Provider = "provider";

    public static readonly MetricFamily Probes = new(
        "keyrotator.probes", MetricKind.Counter, "{probe}", "Probes that this process made, by what they proved and why.",
        Provider, "verdict", "reason")
    {
        IsRecorded = true,
    };

    public static readonly MetricFamily ProbeDuration = new(
        "keyrotator.probe.duration", MetricKind.Histogram, "s", "How long probes of this process took, to the last byte of the answer.",
        Provider, "verdict")
    {
        IsRecorded = true,
        Buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    };

    public static readonly MetricFamily Limit = new(
        "keyrotator.provider.requests_per_minute", MetricKind.Gauge, "{request}", "The configured requestsPerMinute; absent without one.",
        Provider);

    public static readonly MetricFamily Remaining = new(
        "keyrotator.provider.rate_limit.remaining", MetricKind.Gauge, "{request}",
        "Requests that the provider still allows, as its last answer to a probe told; absent where it does not tell.", Provider)
    {
        IsRecorded = true,
    };

    public static readonly MetricFamily PausedUntil = new(
        "keyrotator.provider.paused_until.timestamp", MetricKind.Gauge, "s",
        "Until when the provider asked to be left alone; absent where it never did.", Provider);

    public static readonly MetricFamily UnreachableSince = new(
        "keyrotator.provider.unreachable_since.timestamp", MetricKind.Gauge, "s",
        "Since when the provider gives no answer of its own; absent while it does.", Provider);

    public static readonly MetricFamily ClockOffset = new(
        "keyrotator.provider.clock_offset", MetricKind.Gauge, "s",
        "How far the clock of this host was ahead of the date of the provider's last answer, which has whole seconds.", Provider)
    {
        IsRecorded = true,
    };

    public static IReadOnlyList<MetricFamily> All { get; } =
        [Probes, ProbeDuration, Limit, Remaining, PausedUntil, UnreachableSince, ClockOffset];
}
