using KeyRotator.Keys;

namespace KeyRotator.Providers;

/// <summary>What one answer proves, as the provider reads it. No memory is in it: confirmation, outage guard and "was this place ever
/// right" are the assessment's.</summary>
public sealed record ProbeVerdict
{
    /// <summary>What is proven.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why.</summary>
    public required VerdictReason Reason { get; init; }

    /// <summary>The vendor's documented machine code that decided, or null. Chosen from a known list, never copied from free
    /// text.</summary>
    public string? Code { get; init; }

    /// <summary>One sentence of ours for the operator, or null where the reason says it all. Never vendor text.</summary>
    public string? Hint { get; init; }

    /// <summary>True where the vendor also sends this rejection for good keys at times: it needs three over ten minutes.</summary>
    public bool IsTransientRejection { get; init; }

    /// <summary>True where a wrong key and a wrong place give one answer: it counts as Rejected only where this instance has accepted some
    /// key before.</summary>
    public bool NeedsKnownPlace { get; init; }

    /// <summary>The model list, or null where the answer had none.</summary>
    public ModelList? Models { get; init; }

    /// <summary>The account, organisation or workspace named by the answer, or null.</summary>
    public string? Account { get; init; }

    /// <summary>The key's expiry as the provider tells it: first instant at which it no longer works (UTC), or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Authenticated, and shaped as expected.</summary>
    public static ProbeVerdict Ok(ModelList? models = null, string? account = null, DateTimeOffset? expiresAt = null) =>
        new() { Verdict = Verdict.Accepted, Reason = VerdictReason.Ok, Models = models, Account = account, ExpiresAt = expiresAt };

    /// <summary>Authenticated, with a reservation: Restricted, NoFunds or Throttled.</summary>
    public static ProbeVerdict Accepted(VerdictReason reason, string? code, string? hint = null) =>
        new() { Verdict = Verdict.Accepted, Reason = reason, Code = code, Hint = hint };

    /// <summary>Documented as a bad key: Invalid, Expired, Leaked or AccountBlocked.</summary>
    public static ProbeVerdict Rejected(VerdictReason reason, string? code, string? hint = null) =>
        new() { Verdict = Verdict.Rejected, Reason = reason, Code = code, Hint = hint };

    /// <summary>Proves nothing.</summary>
    public static ProbeVerdict Inconclusive(VerdictReason reason, string? code = null, string? hint = null) =>
        new() { Verdict = Verdict.Inconclusive, Reason = reason, Code = code, Hint = hint };

    /// <summary>This rejection, with <see cref="IsTransientRejection"/>.</summary>
    public ProbeVerdict AsTransient() => this with { IsTransientRejection = true };

    /// <summary>This rejection, with <see cref="NeedsKnownPlace"/>.</summary>
    public ProbeVerdict OfKnownPlace() => this with { NeedsKnownPlace = true };
}
