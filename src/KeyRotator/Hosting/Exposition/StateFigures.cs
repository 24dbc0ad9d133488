using KeyRotator.Audit;
using KeyRotator.State;

namespace KeyRotator.Hosting.Exposition;

/// <summary>What the database told of everything but keys, all of it of one moment.</summary>
internal sealed record StateFigures
{
    public required IReadOnlyList<FindingCount> Findings { get; init; }

    public required IReadOnlyList<OpenFinding> OpenFindings { get; init; }

    public required IReadOnlyList<RotationCount> Rotations { get; init; }

    /// <summary>Open rotations that wait for an operator.</summary>
    public required int Waiting { get; init; }

    public required IReadOnlyList<InstanceFigures> Instances { get; init; }

    /// <summary>When each job last succeeded, whichever process ran it (UTC).</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset> Jobs { get; init; }

    public required IReadOnlyList<ChannelBacklog> Channels { get; init; }

    public HeartbeatRow? Heartbeat { get; init; }

    public AuditHead? Audit { get; init; }
}
