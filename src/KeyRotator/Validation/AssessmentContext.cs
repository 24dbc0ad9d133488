using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Validation;

/// <summary>What an assessment must know beyond the key itself.</summary>
internal sealed record AssessmentContext
{
    /// <summary>The key's provider instance.</summary>
    public required ProviderInstance Instance { get; init; }

    /// <summary>What is known of its vendor, or null where nothing is.</summary>
    public ProviderProfile? Profile { get; init; }

    /// <summary>Whether the instance accepted a made-up key: then nothing that it accepts counts.</summary>
    public bool IsControlAccepted { get; init; }

    /// <summary>Whether the instance must be controlled and no control was answered yet: then nothing that it accepts counts yet.</summary>
    public bool IsControlMissing { get; init; }

    /// <summary>Whether the instance ever accepted a key: then "wrong key or wrong place" is about the key.</summary>
    public bool IsKnownPlace { get; init; }

    /// <summary>Whether the instance has an open finding of its own: then what its keys lack is its fault.</summary>
    public bool IsInstanceBlamed { get; init; }

    /// <summary>When the instance was last found reachable again (UTC), or null.</summary>
    public DateTimeOffset? InstanceRecoveredAt { get; init; }

    /// <summary>Whether the store of the primary location has one.</summary>
    public bool IsStoreBlamed { get; init; }

    /// <summary>Whether the store of the primary location tells versions in its listing: then places are looked at together.</summary>
    public bool IsStoreListed { get; init; }

    /// <summary>The other managed keys that hold the same value now; a few at most.</summary>
    public IReadOnlyList<ManagedKey> Sharers { get; init; } = [];

    /// <summary>What the key's newest rotation put in place, or null where there was none.</summary>
    public RotationTrace? Rotation { get; init; }

    /// <summary>For jitter: from 0 up to, but not including, 1.</summary>
    public double Random { get; init; } = 0.5;
}
