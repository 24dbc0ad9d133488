using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>The few columns of a key's status that figures are made of: small, for there may be very many at once.</summary>
internal readonly record struct KeyFigures
{
    /// <summary>The key.</summary>
    public required KeyId KeyId { get; init; }

    /// <summary>Sequence of the current version; 0 while no value was ever seen.</summary>
    public int Version { get; init; }

    /// <summary>State of the current version.</summary>
    public KeyState State { get; init; }

    /// <summary>What the last probe proved.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Why.</summary>
    public VerdictReason Reason { get; init; }

    /// <summary>When the current version was first seen (UTC), or null.</summary>
    public DateTimeOffset? FirstSeenAt { get; init; }

    /// <summary>When it was last checked (UTC), or null.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>When the current version was last accepted (UTC), or null.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>When it expires (UTC), or null where unknown.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it is due (UTC), or null.</summary>
    public DateTimeOffset? NextCheckAt { get; init; }
}
