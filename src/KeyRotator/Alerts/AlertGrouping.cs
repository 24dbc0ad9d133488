using System.Globalization;
using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>With what a message is told, and when.</summary>
/// <param name="Key">What tells its group apart from the channel's other groups.</param>
/// <param name="Every">Least time between two messages of the group.</param>
/// <param name="ReadyAt">Not told before then (UTC), alone or with others.</param>
/// <param name="TellAt">When the wait for others ends (UTC).</param>
internal sealed record GroupTerms(string Key, TimeSpan Every, DateTimeOffset ReadyAt, DateTimeOffset TellAt);

/// <summary>Decides what is told together. Pure.</summary>
internal static class AlertGrouping
{
    /// <summary>The longest that the first findings of new keys wait for each other, should the pass that found them not end.</summary>
    public static TimeSpan LongestGathering { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The group of one change.</summary>
    /// <param name="route">The route that brings it.</param>
    /// <param name="finding">The finding.</param>
    /// <param name="isFirstPass">Whether it is among the first findings of a new key.</param>
    /// <param name="readyAt">Not told before then (UTC).</param>
    /// <param name="now">When it came to be (UTC).</param>
    /// <remarks>What is critical never waits for a quiet digest, nor for the rest of a first pass.</remarks>
    public static GroupTerms Of(AlertRoute route, AlertFinding finding, bool isFirstPass, DateTimeOffset readyAt, DateTimeOffset now)
    {
        if (finding.Severity < Severity.Critical && route.Digest is not QuietDigest.None)
        {
            var at = QuietTimes.Next(readyAt, route.Digest, route.DigestAt);
            return new(route.Digest is QuietDigest.Daily ? "daily" : "weekly", TimeSpan.Zero, at, at);
        }

        if (finding.Severity < Severity.Critical && isFirstPass)
        {
            return new("first-pass", TimeSpan.Zero, readyAt, Later(readyAt, now + LongestGathering));
        }

        return new(KeyOf(route.GroupBy, finding), route.GroupInterval, readyAt, Later(readyAt, now + route.GroupWait));
    }

    // A hash: names may be long and hold anything, and an absent one is not the same as an empty one.
    private static string KeyOf(IReadOnlyList<GroupPart> parts, AlertFinding finding) => AlertIds.Hash(
        parts.Distinct().Order().Select(part => string.Create(CultureInfo.InvariantCulture, $"{part}={ValueOf(part, finding)}")));

    private static string? ValueOf(GroupPart part, AlertFinding finding) => part switch
    {
        GroupPart.Provider => finding.Provider,
        GroupPart.Environment => finding.Environment,
        GroupPart.Owner => finding.Owner,
        GroupPart.Reason => finding.Reason.ToString(),
        _ => finding.Id,
    };

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}

/// <summary>When quiet digests go out.</summary>
internal static class QuietTimes
{
    /// <summary>The next time after <paramref name="after"/> (UTC): every day, or every Monday.</summary>
    public static DateTimeOffset Next(DateTimeOffset after, QuietDigest digest, TimeOnly at)
    {
        var day = after.UtcDateTime.Date;
        var wait = digest is QuietDigest.Weekly ? ((int)DayOfWeek.Monday - (int)day.DayOfWeek + 7) % 7 : 0;
        var next = new DateTimeOffset(day.AddDays(wait) + at.ToTimeSpan(), TimeSpan.Zero);
        return next > after ? next : next.AddDays(digest is QuietDigest.Weekly ? 7 : 1);
    }
}
