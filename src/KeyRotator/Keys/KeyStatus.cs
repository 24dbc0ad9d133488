using KeyRotator.Secrets;

namespace KeyRotator.Keys;

/// <summary>What was observed of a key: one row, replaced at every check. Immutable; an assessment makes the next one from it.</summary>
public sealed record KeyStatus
{
    /// <summary>The key.</summary>
    public required KeyId KeyId { get; init; }

    /// <summary>The provider instance it was last checked against.</summary>
    public required string Provider { get; init; }

    /// <summary>Sequence of the current key version, from 1; 0 while no value was ever seen.</summary>
    public int Version { get; init; }

    /// <summary>The current version's fingerprint, or null while no value was ever seen.</summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary>When the current version was first seen (UTC).</summary>
    public DateTimeOffset? FirstSeenAt { get; init; }

    /// <summary>When the current value replaced another without a rotation (UTC), or null: the first version seen is no change.</summary>
    public DateTimeOffset? ForeignChangeAt { get; init; }

    /// <summary>State of the current version.</summary>
    public KeyState State { get; init; } = KeyState.Active;

    /// <summary>What the last probe proved.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Why.</summary>
    public VerdictReason Reason { get; init; }

    /// <summary>The provider's documented machine code, or null.</summary>
    public string? Code { get; init; }

    /// <summary>A sentence of ours on the last answer, or null.</summary>
    public string? Hint { get; init; }

    /// <summary>HTTP status of the last answer, or null where none came.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Since when verdict and reason are what they are (UTC).</summary>
    public DateTimeOffset? VerdictSince { get; init; }

    /// <summary>When the key was last checked (UTC), with whatever outcome. A check that was put off is none.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>When the provider was last asked about the current version (UTC), with whatever outcome; null where it never was.</summary>
    public DateTimeOffset? ProbedAt { get; init; }

    /// <summary>The last proof: Accepted, or a confirmed Rejected; Inconclusive while there was none for this version. An inconclusive
    /// answer does not erase it.</summary>
    public Verdict ProvenVerdict { get; init; }

    /// <summary>The last proof's reason.</summary>
    public VerdictReason ProvenReason { get; init; }

    /// <summary>A sentence of ours on the last proof, or null.</summary>
    public string? ProvenHint { get; init; }

    /// <summary>When the last proof was made (UTC).</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>Since when nothing was proven (UTC), or null while the last answer was a proof and nothing was put off since. A rejection
    /// that waits for confirmation proves nothing.</summary>
    public DateTimeOffset? InconclusiveSince { get; init; }

    /// <summary>Since when the provider's answers point at a wrong base URL, region or a retired service (UTC), or null. Only a proof ends
    /// it.</summary>
    public DateTimeOffset? WrongEndpointSince { get; init; }

    /// <summary>When this version was last accepted (UTC).</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>When the first of the rejections that wait for confirmation, or that proved the key dead, came (UTC); null where there is
    /// none.</summary>
    public DateTimeOffset? RejectedSince { get; init; }

    /// <summary>How many rejections in a row came on separate connections since <see cref="RejectedSince"/>.</summary>
    public int Rejections { get; init; }

    /// <summary>When the last of them came (UTC).</summary>
    public DateTimeOffset? LastRejectionAt { get; init; }

    /// <summary>First instant at which the current version no longer works (UTC), or null where unknown.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Who said so.</summary>
    public ExpirySource ExpirySource { get; init; }

    /// <summary>The file's plain statement as it stood at the last check, or null where it made none: what an edit is told by.</summary>
    public DateTimeOffset? FileExpiry { get; init; }

    /// <summary>The file's plain statement that binds the current version: of two about one version the earlier rules.</summary>
    public DateTimeOffset? DeclaredExpiry { get; init; }

    /// <summary>A later plain statement that waits for the next version, or null.</summary>
    public DateTimeOffset? WaitingExpiry { get; init; }

    /// <summary>The account, organisation or workspace that the provider named, or null. Never personal data.</summary>
    public string? Account { get; init; }

    /// <summary>What the model list said.</summary>
    public ModelFacts Models { get; init; } = ModelFacts.None;

    /// <summary>What was last seen at the locations, the primary first.</summary>
    public IReadOnlyList<LocationStatus> Locations { get; init; } = [];

    /// <summary>What makes the stored value unfit, or None.</summary>
    public SecretDefect Defect { get; init; }

    /// <summary>Title of the other provider whose format the stored value has, or null.</summary>
    public string? ForeignFormat { get; init; }

    /// <summary>True while nothing is at the primary location.</summary>
    public bool IsMissing { get; init; }

    /// <summary>When the key is due (UTC): to be probed, or, where its vendor tolerates that only later, to be looked at. Jitter is in it:
    /// it decides when to wake, never whether the key is bad.</summary>
    public DateTimeOffset? NextCheckAt { get; init; }
}
