using System.Globalization;

namespace KeyRotator.Cli.Output;

/// <summary>Points in time and spans as people read them. All UTC.</summary>
internal static class TimeText
{
    /// <summary>A span in its greatest whole unit, as in <c>45s</c> and <c>71d</c>; with a minus where it is negative.</summary>
    public static string Span(TimeSpan span)
    {
        var sign = span < TimeSpan.Zero ? "-" : "";
        var length = span.Duration();
        return length switch
        {
            { TotalDays: >= 1 } => $"{sign}{length.Days}d",
            { TotalHours: >= 1 } => $"{sign}{length.Hours}h",
            { TotalMinutes: >= 1 } => $"{sign}{length.Minutes}m",
            _ => $"{sign}{length.Seconds}s",
        };
    }

    /// <summary>How long ago, or <c>-</c>.</summary>
    public static string Ago(DateTimeOffset? at, DateTimeOffset now) => at switch
    {
        null => "-",
        { } past when past <= now => $"{Span(now - past)} ago",
        { } future => $"in {Span(future - now)}",
    };

    /// <summary>A point in time to the second, or <c>-</c>.</summary>
    public static string Instant(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>A point in time to the second and how long ago that is, or <c>-</c>.</summary>
    public static string InstantAndAgo(DateTimeOffset? at, DateTimeOffset now) => at is null ? "-" : $"{Instant(at)} ({Ago(at, now)})";

    /// <summary>What is left until an expiry and the last day on which the key works, or <c>-</c>.</summary>
    public static string Expiry(DateTimeOffset? expiresAt, DateTimeOffset now) =>
        expiresAt is { } at ? $"{Span(at - now),4} {LastDay(at)}" : "-";

    private static string LastDay(DateTimeOffset expiresAt) =>
        expiresAt.UtcDateTime.AddTicks(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
