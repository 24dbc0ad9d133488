using KeyRotator.Keys;
using KeyRotator.Metrics;

namespace KeyRotator.Hosting.Exposition;

/// <summary>What is told of rotations: every phase.</summary>
internal static class RotationSeries
{
    private static readonly RotationPhase[] s_open = [.. Enum.GetValues<RotationPhase>().Where(phase => phase < RotationPhase.Completed)];
    private static readonly RotationPhase[] s_ends = [.. Enum.GetValues<RotationPhase>().Except(s_open)];

    /// <summary>Adds them.</summary>
    public static void Add(MetricsSnapshot snapshot, StateFigures figures)
    {
        var counts = figures.Rotations.ToDictionary(count => count.Phase);
        Sample Counted(RotationPhase phase) => new(counts.GetValueOrDefault(phase)?.Count ?? 0, phase.ToString());

        snapshot.Add(RotationMetrics.Open, s_open.Select(Counted));
        snapshot.Add(
            RotationMetrics.OldestSubmittedAt,
            s_open.Where(counts.ContainsKey).Select(phase => new Sample(Unix.Seconds(counts[phase].OldestAt), phase.ToString())));
        snapshot.Add(RotationMetrics.Waiting, figures.Waiting);
        snapshot.Add(RotationMetrics.Ended, s_ends.Select(Counted));
    }
}
