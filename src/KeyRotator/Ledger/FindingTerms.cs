using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Ledger;

/// <summary>Under which circumstances changes of one subject's findings are written.</summary>
internal sealed record FindingTerms
{
    /// <summary>When (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Nobody hears of a rejection before then (UTC): the outage guard decides first. Null for at once.</summary>
    public DateTimeOffset? RejectedNotBefore { get; init; }

    /// <summary>Rejections that are opened now are held until then (UTC), or null.</summary>
    public DateTimeOffset? RejectedHeldUntil { get; init; }

    /// <summary>The provider instance concerned, or null.</summary>
    public ProviderInstance? Instance { get; init; }

    /// <summary>The key's status, where the subject is a key whose status is at hand; else null.</summary>
    public KeyStatus? Status { get; init; }

    /// <summary>Whether the key was never assessed before.</summary>
    public bool IsFirstPass { get; init; }
}
