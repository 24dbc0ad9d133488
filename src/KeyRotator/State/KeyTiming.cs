using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>The columns of a key's status that say whether it is due, and whether its provider may be asked.</summary>
internal sealed record KeyTiming
{
    /// <summary>The key.</summary>
    public required KeyId KeyId { get; init; }

    /// <summary>The provider instance it was last checked against.</summary>
    public required string Provider { get; init; }

    /// <summary>The value's fingerprint, or null while none was ever seen.</summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary>The last proof.</summary>
    public Verdict ProvenVerdict { get; init; }

    /// <summary>When it was last checked (UTC), or null.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>When its provider was last asked about that value (UTC), or null.</summary>
    public DateTimeOffset? ProbedAt { get; init; }

    /// <summary>When the first of the rejections that count came (UTC), or null.</summary>
    public DateTimeOffset? RejectedSince { get; init; }

    /// <summary>When it is due (UTC), or null.</summary>
    public DateTimeOffset? NextCheckAt { get; init; }

    /// <summary>Whether a rejection waits for its confirmation.</summary>
    public bool IsPending => RejectedSince is not null && ProvenVerdict is not Verdict.Rejected;
}
