using System.Globalization;
using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Expiry;

/// <summary>From a version's expiry to what is wrong about it now. Pure.</summary>
internal static class ExpiryLadder
{
    private static readonly TimeSpan s_criticalWithin = TimeSpan.FromDays(7);

    /// <summary>The claim that the clock makes, or null. A rung is reached at the expiry less its time, to the tick; at the expiry itself
    /// <see cref="FindingReason.KeyExpired"/> takes the place of every rung.</summary>
    public static FindingClaim? Claim(KeyStatus status, ManagedKey key, DateTimeOffset now)
    {
        if (status.ExpiresAt is not { } expiresAt)
        {
            return null;
        }

        if (now >= expiresAt)
        {
            var expired = $"Expired on {Day(expiresAt)}{Source(status)}.";
            return Claim(
                status, key, FindingReason.KeyExpired, Severity.Critical, null,
                $"{expired} Consumers that still use it fail or will: put a replacement in place now.");
        }

        var left = expiresAt - now;
        if (Rung(key.Policy.WarnBefore, left) is not { } rung)
        {
            return null;
        }

        var severity = left <= s_criticalWithin ? Severity.Critical : Severity.Warning;
        return Claim(
            status, key, FindingReason.KeyExpiring, severity, (int)rung.TotalDays,
            $"Expires on {Day(expiresAt)}{Source(status)}. Create a replacement before then.{Waiting(status)}");
    }

    private static FindingClaim Claim(
        KeyStatus status, ManagedKey key, FindingReason reason, Severity severity, int? rung, string message) => new()
        {
            Key = new(FindingSubject.Key(key.Id.Value), reason, status.Version, ""),
            Severity = key.Policy.SeverityOverrides.GetValueOrDefault(reason, severity),
            Message = message,
            Rung = rung,
        };

    private static TimeSpan? Rung(IReadOnlyList<TimeSpan> ladder, TimeSpan left)
    {
        TimeSpan? lowest = null;
        foreach (var rung in ladder)
        {
            if (left <= rung && (lowest is null || rung < lowest))
            {
                lowest = rung;
            }
        }

        return lowest;
    }

    // Midnight after the last good day reads as that day: "expires 2027-01-31" is what the operator wrote.
    private static string Day(DateTimeOffset expiresAt) =>
        expiresAt.TimeOfDay == TimeSpan.Zero
            ? expiresAt.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : expiresAt.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Source(KeyStatus status) => status.ExpirySource switch
    {
        ExpirySource.Introspected => " (by the provider)",
        ExpirySource.Stated => " (stated for this version)",
        ExpirySource.Declared => " (declared)",
        _ => "",
    };

    private static string Waiting(KeyStatus status) => status is { WaitingExpiry: { } later, ExpirySource: ExpirySource.Declared }
        ? $" The file now says {Day(later)}: a later date for the same value waits for the next one; "
            + $"write it as {Day(later)}@{status.Fingerprint?.Short} if it is meant for this one."
        : "";
}
