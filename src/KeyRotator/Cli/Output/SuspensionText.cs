using KeyRotator.Keys;

namespace KeyRotator.Cli.Output;

/// <summary>Who holds a key, in a line for people.</summary>
internal static class SuspensionText
{
    /// <summary>By whom, since when, until when and why.</summary>
    public static string Of(Suspension suspension, DateTimeOffset now)
    {
        if (suspension is not { By: { } by })
        {
            return "by the configuration";
        }

        var until = suspension.Until is { } end ? $"until {TimeText.InstantAndAgo(end, now)}" : "until it is resumed";
        var also = suspension.IsDeclared ? ", and by the configuration" : "";
        return $"by {by} since {TimeText.InstantAndAgo(suspension.Since, now)}, {until}{also}: {suspension.Reason}";
    }
}
