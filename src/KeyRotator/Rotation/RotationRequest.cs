using KeyRotator.Keys;

namespace KeyRotator.Rotation;

/// <summary>What an operator asks for with a candidate.</summary>
internal sealed record RotationRequest
{
    /// <summary>The key to replace.</summary>
    public required ManagedKey Key { get; init; }

    /// <summary>Who asks.</summary>
    public required string Actor { get; init; }

    /// <summary>Who that is, as far as others must be told apart from them; by the name where nothing else is given.</summary>
    public RotationPerson Submitter { get => field ?? new(Actor, null); init; }

    /// <summary>When the candidate is to go live (UTC); null for as soon as may be.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>First instant at which the candidate no longer works (UTC), or null where nobody said.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Time that consumers get; null for the key's policy.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>The old key has leaked.</summary>
    public bool IsEmergency { get; init; }

    /// <summary>The proof of death is waived.</summary>
    public bool WaivesProof { get; init; }

    /// <summary>Secrets that another installation marked are taken over.</summary>
    public bool TakesOver { get; init; }

    /// <summary>Fingerprints, as they were shown, of values that nobody knows and that may be overwritten; no others.</summary>
    public IReadOnlyList<string> Overwrites { get; init; } = [];
}
