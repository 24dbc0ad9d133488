using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>Whether rejections of an instance's keys are held back, and since when.</summary>
/// <param name="HoldSince">When the present burst began to be held (UTC); stays set while the burst lasts, also after the hold has
/// ended.</param>
/// <param name="IsHolding">Whether they are held back now.</param>
internal sealed record GuardDecision(DateTimeOffset? HoldSince, bool IsHolding)
{
    /// <summary>No burst.</summary>
    public static GuardDecision None { get; } = new(null, false);
}

/// <summary>Tells a provider that turns everybody away from keys that died. Pure; its window is in the database.</summary>
internal static class OutageGuard
{
    /// <summary>Fewer rejected values than this stand each alone.</summary>
    public const int LeastRejected = 3;

    /// <summary>Share of the probed values that must be rejected.</summary>
    public const double LeastShare = 0.6;

    /// <summary>Whole passes in which nothing answered that make an outage.</summary>
    public const int UnreachablePasses = 2;

    /// <summary>Least time from the first of these passes to the last: a service passes over a few due keys every few seconds.</summary>
    public static TimeSpan LeastOutage { get; } = TimeSpan.FromMinutes(1);

    /// <summary>A hold ends then, whatever the provider says: a real mass revocation must come out.</summary>
    public static TimeSpan LongestHold => PassAlerts.LongestHold;

    /// <summary>A key that was rejected of late is asked again after this: an outage that is over must be known before a hold
    /// ends.</summary>
    public static TimeSpan AskAgainAfter { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How far back the window may reach.</summary>
    public static TimeSpan WindowSpan { get; } = TimeSpan.FromMinutes(30);

    /// <summary>Decides for one instance.</summary>
    /// <param name="holdSince">The last decision's <see cref="GuardDecision.HoldSince"/>.</param>
    /// <param name="window">Distinct values probed in the pass, or since the burst began.</param>
    /// <param name="now">Now.</param>
    public static GuardDecision Decide(DateTimeOffset? holdSince, GuardWindow window, DateTimeOffset now)
    {
        if (!IsBurst(window))
        {
            return new(null, false);
        }

        // A clock that was set back would stretch the hold: it starts anew from now at the latest.
        var since = holdSince > now ? now : holdSince ?? now;
        return new(since, now < since + LongestHold);
    }

    /// <summary>Whether so many values were rejected that the provider is to blame before the keys are.</summary>
    public static bool IsBurst(GuardWindow window) => window.Rejected >= LeastRejected && window.Rejected >= window.Probed * LeastShare;

    /// <summary>In the middle of a pass a burst does not end: the keys that would show it have not been asked yet. Its end is the pass's to
    /// say.</summary>
    public static GuardDecision Continue(DateTimeOffset? holdSince, GuardDecision decision, DateTimeOffset now) =>
        decision.HoldSince is null && holdSince is { } since ? new(since, now < since + LongestHold) : decision;

    /// <summary>Where the wider window starts: at the pass's start, or at the first rejection of the present burst where that is
    /// earlier.</summary>
    public static DateTimeOffset WindowStart(DateTimeOffset passStart, DateTimeOffset? firstRejectionAt, DateTimeOffset now)
    {
        var start = firstRejectionAt < passStart ? firstRejectionAt.Value : passStart;
        var floor = now - WindowSpan;
        return start < floor ? floor : start;
    }

    /// <summary>The instance's memory after one more pass: how many in a row found every value unreachable.</summary>
    /// <param name="before">The memory before.</param>
    /// <param name="window">The values probed since the first of these passes, or in this one.</param>
    /// <param name="values">How many values the instance has: where it has several, one alone is no outage.</param>
    /// <param name="now">Now.</param>
    public static InstanceStatus CountUnreachable(InstanceStatus before, GuardWindow window, int values, DateTimeOffset now) =>
        window switch
        {
            { Probed: 0, Known: 0 } => before,
            _ when window.Known > 0 || window.Unreachable < window.Probed => before.UnreachablePasses == 0
                ? before
                : before with { UnreachablePasses = 0, UnreachableSince = null, RecoveredAt = now },
            _ when before.UnreachableSince is null || window.Probed < Math.Min(values, 2) =>
                before with { UnreachablePasses = 1, UnreachableSince = before.UnreachableSince ?? now },
            _ => before with { UnreachablePasses = before.UnreachablePasses + 1 },
        };

    /// <summary>Whether that is an outage: two passes, and more than a hiccup apart.</summary>
    public static bool IsUnreachable(InstanceStatus status, DateTimeOffset now) =>
        status.UnreachablePasses >= UnreachablePasses && now - status.UnreachableSince >= LeastOutage;
}
