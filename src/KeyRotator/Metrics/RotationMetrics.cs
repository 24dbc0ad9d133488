namespace KeyRotator.Metrics;

/// <summary>What is told of rotations.</summary>
internal static class RotationMetrics
{
    public static readonly MetricFamily Open = new(
        "keyrotator.rotations", MetricKind.Gauge, "{rotation}", "Open rotations, by how far they have come.", "phase");

    public static readonly MetricFamily OldestSubmittedAt = new(
        "keyrotator.rotation.oldest.timestamp", MetricKind.Gauge, "s",
        "When the oldest of the open rotations in a phase was submitted; absent where there is none.", "phase");

    public static readonly MetricFamily Waiting = new(
        "keyrotator.rotations.waiting", MetricKind.Gauge, "{rotation}", "Open rotations that wait for an operator.");

    public static readonly MetricFamily Ended = new(
        "keyrotator.rotations.ended", MetricKind.Counter, "{rotation}", "Rotations that ended, by how.", "phase")
    {
        OutlivesProcess = true,
    };

    public static IReadOnlyList<MetricFamily> All { get; } = [Open, OldestSubmittedAt, Waiting, Ended];
}
