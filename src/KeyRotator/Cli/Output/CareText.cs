using KeyRotator.Keys;

namespace KeyRotator.Cli.Output;

/// <summary>What a rotation did at a location's store beside the value, in words. Pure.</summary>
internal static class CareText
{
    /// <summary>Words with a comma before each; empty for nothing.</summary>
    public static string Of(RotationLocation location)
    {
        var care = location.Care;
        string?[] words =
        [
            care.Pin is CareStep.Done ? "old version pinned" : null,
            care.Mark is CareStep.Done ? "marked" : null,
            care.Purge switch
            {
                CareStep.Begun => "old version being destroyed",
                CareStep.Done => "old version destroyed",
                CareStep.Skipped => "old version left",
                _ => null,
            },
            Readers(care),
        ];
        return string.Concat(words.OfType<string>().Select(word => $", {word}"));
    }

    private static string? Readers(RotationCare care) => care switch
    {
        { ReadByOthersOn: { } day } => $"old version read by somebody else on {day:yyyy-MM-dd}",
        { ReadersSeenAt: { } at } => $"nobody else seen to read the old version up to {TimeText.Instant(at)}",
        _ => null,
    };
}
