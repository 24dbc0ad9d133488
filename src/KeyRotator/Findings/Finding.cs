namespace KeyRotator.Findings;

/// <summary>Something that is wrong, from when it was first seen until its cause was gone.</summary>
public sealed record Finding
{
    /// <summary>Database id, greater for what was opened later.</summary>
    public required long Id { get; init; }

    /// <summary>Identity: at most one open finding for each.</summary>
    public required FindingKey Key { get; init; }

    /// <summary>Current severity.</summary>
    public required Severity Severity { get; init; }

    /// <summary>One sentence for the operator.</summary>
    public required string Message { get; init; }

    /// <summary>Rung of the expiry ladder in whole days, or null.</summary>
    public int? Rung { get; init; }

    /// <summary>When it was opened (UTC).</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When its cause was gone (UTC), or null while it is open.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Held back until then because a <see cref="FindingReason.ProviderOutage"/> explains it, or null. A held finding alerts
    /// nobody and fails no check.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>When the next reminder is due (UTC), or null where none was asked for.</summary>
    public DateTimeOffset? RemindAt { get; init; }

    /// <summary>Who looks after it, also where that time is over; null where nobody said so.</summary>
    public Acknowledgement? Ack { get; init; }
}
