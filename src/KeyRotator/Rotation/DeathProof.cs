using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Rotation;

/// <summary>What a provider said of the new and the old key, one after the other.</summary>
/// <param name="New">Of the new key, asked first.</param>
/// <param name="Old">Of the old key.</param>
internal sealed record PairAnswer(ProbeVerdict New, ProbeVerdict Old);

/// <summary>Whether an old key is dead. Pure.</summary>
internal static class DeathProof
{
    /// <summary>Rejections that it takes.</summary>
    public const int Needed = 3;

    /// <summary>Least time from the first to the last of them.</summary>
    public static TimeSpan Span { get; } = TimeSpan.FromMinutes(10);

    /// <summary>Time between questions while rejections are counted, or once an operator said that the key is revoked.</summary>
    public static TimeSpan SoonAgain { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Time between questions while nobody said that the key is revoked.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromHours(1);

    /// <summary>The rejections that prove a key dead. A blocked account, a restriction and an inconclusive answer prove nothing.</summary>
    public static bool IsDeath(ProbeVerdict verdict) => verdict is
    { Verdict: Verdict.Rejected, Reason: VerdictReason.Invalid or VerdictReason.Expired or VerdictReason.Leaked };

    /// <summary>The record after one more pair of answers. A rejection counts where the new key was accepted at the same place just before:
    /// a provider that refuses both is ill.</summary>
    public static DeathRecord Next(DeathRecord before, PairAnswer answer, DateTimeOffset now)
    {
        if (answer.Old.Verdict is Verdict.Accepted)
        {
            return DeathRecord.None with { AliveAt = now };
        }

        if (!IsDeath(answer.Old) || answer.New.Verdict is not Verdict.Accepted)
        {
            return before;
        }

        // A clock that was set back must not stretch the count for ever: what lies in the future is taken as now.
        var since = before.Since is { } first && first <= now ? first : now;
        var isNew = before.LastAt is not { } last || last > now || now - last >= SoonAgain;
        return isNew ? before with { Rejections = before.Rejections + 1, Since = since, LastAt = now } : before;
    }

    /// <summary>Whether that proves it dead.</summary>
    public static bool IsProven(DeathRecord record) => record.Rejections >= Needed && record.LastAt - record.Since >= Span;

    /// <summary>When the provider is asked next.</summary>
    /// <param name="record">What is known.</param>
    /// <param name="isRevoked">Whether an operator said that the key is revoked.</param>
    /// <param name="patience">Time between questions while neither it nor a rejection calls for more.</param>
    /// <param name="now">Now.</param>
    public static DateTimeOffset NextAt(DeathRecord record, bool isRevoked, TimeSpan patience, DateTimeOffset now) =>
        now + (record.Rejections > 0 || isRevoked ? SoonAgain : patience);
}
