using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Validation;

/// <summary>How many rejections of one value came in a row, and whether they prove it dead.</summary>
/// <param name="Rejections">How many count: each at least <c>confirmAfter</c> after the one before.</param>
/// <param name="Since">When the first came (UTC), or null where none waits.</param>
/// <param name="LastAt">When the last that counts came (UTC), or null.</param>
/// <param name="IsProven">Whether they are enough.</param>
/// <param name="NextAt">When the next probe may count (UTC), or null where none is needed.</param>
internal sealed record ConfirmationState(
    int Rejections, DateTimeOffset? Since, DateTimeOffset? LastAt, bool IsProven, DateTimeOffset? NextAt)
{
    /// <summary>Nothing waits.</summary>
    public static ConfirmationState None { get; } = new(0, null, null, false, null);
}

/// <summary>Counts rejections until they prove something. Pure.</summary>
/// <remarks>Two rejections on separate connections, or three over ten minutes where the vendor sends the code for good keys too. Anything
/// else in between clears the count.</remarks>
internal static class Confirmation
{
    /// <summary>Rejections that prove a key bad.</summary>
    public const int Needed = 2;

    /// <summary>Rejections that prove a key bad where the code is also sent for good keys.</summary>
    public const int NeededIfTransient = 3;

    /// <summary>Least time from the first to the last of those.</summary>
    public static TimeSpan TransientSpan { get; } = TimeSpan.FromMinutes(10);

    /// <summary>The state after one more answer.</summary>
    public static ConfirmationState Next(KeyStatus previous, ProbeVerdict verdict, TimeSpan confirmAfter, DateTimeOffset now)
    {
        if (verdict.Verdict is not Verdict.Rejected)
        {
            return verdict.Verdict is Verdict.Accepted ? ConfirmationState.None : Unanswered(previous);
        }

        var state = Count(previous, confirmAfter, now);
        var isProven = verdict.IsTransientRejection
            ? state.Rejections >= NeededIfTransient && now - state.Since >= TransientSpan
            : state.Rejections >= Needed;
        var wait = verdict.IsTransientRejection ? TransientWait(confirmAfter) : confirmAfter;
        return state with { IsProven = isProven, NextAt = isProven ? null : state.LastAt + wait };
    }

    /// <summary>The state after an answer that proves nothing: what waited for confirmation is cleared. Since when a key is dead that was
    /// proven so before stands.</summary>
    public static ConfirmationState Unanswered(KeyStatus previous) => previous.ProvenVerdict is Verdict.Rejected
        ? new(previous.Rejections, previous.RejectedSince, previous.LastRejectionAt, false, null)
        : ConfirmationState.None;

    // A clock that was set back must not stop the count for ever: a last rejection in the future is taken as now.
    private static ConfirmationState Count(KeyStatus previous, TimeSpan confirmAfter, DateTimeOffset now)
    {
        if (previous.RejectedSince is not { } since || previous.LastRejectionAt is not { } last)
        {
            return new(1, now, now, false, null);
        }

        if (last > now || since > now)
        {
            return new(previous.Rejections, now, now, false, null);
        }

        return now - last >= confirmAfter
            ? new(previous.Rejections + 1, since, now, false, null)
            : new(previous.Rejections, since, last, false, null);
    }

    private static TimeSpan TransientWait(TimeSpan confirmAfter)
    {
        var even = TransientSpan / (NeededIfTransient - 1);
        return even > confirmAfter ? even : confirmAfter;
    }
}
