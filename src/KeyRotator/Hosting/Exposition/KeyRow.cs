using KeyRotator.Expiry;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Hosting.Exposition;

/// <summary>One key's numbers, compact: there may be very many. Times are seconds since 1970, NaN where there is none.</summary>
internal readonly record struct KeyRow
{
    /// <summary>The key.</summary>
    public required ManagedKey Key { get; init; }

    /// <summary>What was decided about it, as it counts now.</summary>
    public KeyState State { get; init; }

    /// <summary>What the last probe proved.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Why.</summary>
    public VerdictReason Reason { get; init; }

    public double ExpiresAt { get; init; }

    public double CheckedAt { get; init; }

    public double AcceptedAt { get; init; }

    public double NextCheckAt { get; init; }

    public double FirstSeenAt { get; init; }

    public double RotationDueAt { get; init; }

    public double RotatedAt { get; init; }

    /// <summary>Of what is declared and what was observed.</summary>
    /// <param name="key">The key.</param>
    /// <param name="seen">What was observed; null: it was never checked.</param>
    /// <param name="rotatedAt">When a replacement was last in place (UTC), or null.</param>
    public static KeyRow Of(ManagedKey key, KeyFigures? seen, DateTimeOffset? rotatedAt) => new()
    {
        Key = key,
        State = StateOf(key, seen?.State ?? KeyState.Active),
        Verdict = seen?.Verdict ?? Verdict.Inconclusive,
        Reason = seen?.Reason ?? VerdictReason.NotProbed,
        ExpiresAt = Unix.Seconds(seen is { Version: > 0 } known ? known.ExpiresAt : DeclaredExpiry(key)),
        CheckedAt = Unix.Seconds(seen?.CheckedAt),
        AcceptedAt = Unix.Seconds(seen?.AcceptedAt),
        NextCheckAt = Unix.Seconds(key.IsLookedAfter ? seen?.NextCheckAt : null),
        FirstSeenAt = Unix.Seconds(seen?.FirstSeenAt),
        RotationDueAt = Unix.Seconds(seen is { Version: > 0 } at ? DueDates.RotationDueAt(at.ExpiresAt, at.FirstSeenAt, key.Policy) : null),
        RotatedAt = Unix.Seconds(rotatedAt),
    };

    private static DateTimeOffset? DeclaredExpiry(ManagedKey key) =>
        key.Expires is { FingerprintPrefix: null } expires ? expires.ExpiresAt : null;

    // What is decided shows before the next check has seen it. A leak outranks all.
    private static KeyState StateOf(ManagedKey key, KeyState seen) => (key.Suspended, seen) switch
    {
        (true, not KeyState.Compromised) => KeyState.Suspended,
        (false, KeyState.Suspended) => KeyState.Active,
        _ => seen,
    };
}
