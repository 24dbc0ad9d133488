using System.Net.Http.Headers;

namespace KeyRotator.Stores.Remote;

/// <summary>Tells from an answer's <c>Date</c> whether this machine's clock is wrong.</summary>
internal static class ClockSkew
{
    /// <summary>What the date, which has whole seconds, and the way of an answer cannot explain.</summary>
    private static readonly TimeSpan s_tolerated = TimeSpan.FromMinutes(1);

    /// <summary>What to do about it; null where the clock is right, or the answer has no date.</summary>
    public static string? Advice(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var ahead = headers.Date is { } theirs ? now - theirs : TimeSpan.Zero;
        var direction = ahead > TimeSpan.Zero ? "fast" : "slow";
        return ahead.Duration() <= s_tolerated
            ? null
            : FormattableString.Invariant($"this host's clock is {ahead.Duration().TotalMinutes:0} minutes {direction}: set it right.");
    }
}
