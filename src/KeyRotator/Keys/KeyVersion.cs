using KeyRotator.Secrets;

namespace KeyRotator.Keys;

/// <summary>One value seen for a key. A value that comes back opens a new version with the same fingerprint.</summary>
public sealed record KeyVersion
{
    /// <summary>The key.</summary>
    public required KeyId KeyId { get; init; }

    /// <summary>From 1, greater for what was seen later.</summary>
    public required int Sequence { get; init; }

    /// <summary>The value's fingerprint.</summary>
    public required Fingerprint Fingerprint { get; init; }

    /// <summary>When it was first seen (UTC).</summary>
    public required DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>First instant at which it no longer works (UTC), or null where unknown.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Who said so.</summary>
    public ExpirySource ExpirySource { get; init; }

    /// <summary>Its state.</summary>
    public KeyState State { get; init; } = KeyState.Active;

    /// <summary>When another value took its place (UTC), or null.</summary>
    public DateTimeOffset? SupersededAt { get; init; }

    /// <summary>When it was proven dead (UTC), or null.</summary>
    public DateTimeOffset? ProvenDeadAt { get; init; }
}
