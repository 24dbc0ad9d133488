namespace KeyRotator.Audit;

/// <summary>A recorded act, as it stands in the database: anything may have been done to it there.</summary>
internal sealed record AuditRow
{
    /// <summary>From 1, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>When: 100 ns steps since 0001-01-01T00:00:00Z.</summary>
    public required long Ticks { get; init; }

    /// <summary>The account and host.</summary>
    public required string Actor { get; init; }

    /// <summary>The verb.</summary>
    public required string How { get; init; }

    /// <summary>What was done.</summary>
    public required string Act { get; init; }

    /// <summary>What kind of thing it was done to.</summary>
    public required string TargetKind { get; init; }

    /// <summary>That thing's name.</summary>
    public required string Target { get; init; }

    /// <summary>The rotation that it belongs to, or null.</summary>
    public long? Rotation { get; init; }

    /// <summary>Why, or what exactly, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>How it ended.</summary>
    public required string Outcome { get; init; }

    /// <summary>First 12 digits of the fingerprint of the value that was there, or null.</summary>
    public string? OldFingerprint { get; init; }

    /// <summary>First 12 digits of the fingerprint of the value that comes, or null.</summary>
    public string? NewFingerprint { get; init; }

    /// <summary>In a checkpoint, the last row that was removed; else null.</summary>
    public long? CheckpointSequence { get; init; }

    /// <summary>In a checkpoint, that row's hash; else null.</summary>
    public string? CheckpointHash { get; init; }

    /// <summary>What ties it to the row before it.</summary>
    public string Hash { get; init; } = "";

    /// <summary>When (UTC); the nearest that there is where somebody made it no time at all.</summary>
    public DateTimeOffset At => new(Math.Clamp(Ticks, 0, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);

    /// <summary>An act as the row that follows the given one.</summary>
    public static AuditRow Of(AuditEntry entry, AuditHead? before)
    {
        var row = new AuditRow
        {
            Sequence = (before?.Sequence ?? 0) + 1,
            Ticks = entry.At.UtcTicks,
            Actor = entry.Actor.Name,
            How = entry.Actor.How,
            Act = entry.Act,
            TargetKind = entry.TargetKind,
            Target = entry.Target,
            Rotation = entry.Rotation,
            Reason = entry.Reason,
            Outcome = entry.Outcome,
            OldFingerprint = entry.Old?.Short,
            NewFingerprint = entry.New?.Short,
            CheckpointSequence = entry.Checkpoint?.Sequence,
            CheckpointHash = entry.Checkpoint?.Hash,
        };
        return row with { Hash = AuditChain.Link(row, before?.Hash ?? AuditChain.Start) };
    }
}
