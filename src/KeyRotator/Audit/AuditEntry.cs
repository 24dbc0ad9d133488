using KeyRotator.Secrets;

namespace KeyRotator.Audit;

/// <summary>An act to be recorded. Never a secret.</summary>
internal sealed record AuditEntry
{
    /// <summary>When (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who.</summary>
    public required AuditActor Actor { get; init; }

    /// <summary>What, a name of <see cref="AuditActs"/>.</summary>
    public required string Act { get; init; }

    /// <summary>What kind of thing it was done to, a name of <see cref="AuditActs"/>.</summary>
    public required string TargetKind { get; init; }

    /// <summary>That thing's name.</summary>
    public required string Target { get; init; }

    /// <summary>The rotation that it belongs to, or null.</summary>
    public long? Rotation { get; init; }

    /// <summary>Why, or what exactly, a sentence of ours; null where the act says it all.</summary>
    public string? Reason { get; init; }

    /// <summary>How it ended: a phase of a rotation, or a name of <see cref="AuditActs"/>.</summary>
    public string Outcome { get; init; } = AuditActs.Done;

    /// <summary>Fingerprint of the value that was there, or null.</summary>
    public Fingerprint? Old { get; init; }

    /// <summary>Fingerprint of the value that comes, or null.</summary>
    public Fingerprint? New { get; init; }

    /// <summary>The last of the rows that go; null where none do.</summary>
    public AuditHead? Checkpoint { get; init; }
}
