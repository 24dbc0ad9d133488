using KeyRotator.Alerts;
using KeyRotator.Findings;

namespace KeyRotator.State;

/// <summary>A message that waits to be told together with others: what decides about it, without its text.</summary>
internal sealed record GatheredMessage
{
    /// <summary>The row.</summary>
    public required long Sequence { get; init; }

    /// <summary>The finding it tells of.</summary>
    public required long Finding { get; init; }

    /// <summary>The message's own id.</summary>
    public required string Id { get; init; }

    /// <summary>What it tells.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>Severity of its finding, as the message tells it.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Reason of its finding.</summary>
    public required FindingReason Reason { get; init; }

    /// <summary>When its finding was opened (UTC).</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Whose provider instance, or null.</summary>
    public string? Provider { get; init; }

    /// <summary>Whose environment, or null.</summary>
    public string? Environment { get; init; }

    /// <summary>Whose owner, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>Whose store, or null.</summary>
    public string? Store { get; init; }

    /// <summary>The incident of several findings that its finding belongs to on this channel, or null.</summary>
    public string? Incident { get; init; }

    /// <summary>Whether the channel may have heard of its finding before.</summary>
    public bool WasTold { get; init; }

    /// <summary>Whether its finding matters no more while the key is known to be dead: it is about a key's age.</summary>
    public bool IsOutlived { get; init; }

    /// <summary>What its alert says of it.</summary>
    /// <param name="sequence">The row.</param>
    /// <param name="id">The finding's id.</param>
    /// <param name="alert">The message, about one finding.</param>
    public static GatheredMessage Of(long sequence, long id, Alert alert)
    {
        var finding = alert.Findings[0];
        return new()
        {
            Sequence = sequence,
            Finding = id,
            Id = alert.Id,
            Kind = alert.Kind,
            Severity = finding.Severity,
            Reason = finding.Reason,
            OpenedAt = finding.OpenedAt,
            Provider = finding.Provider,
            Environment = finding.Environment,
            Owner = finding.Owner,
            Store = finding.Store,
        };
    }

    /// <summary>Whether it tells that its finding is over, or that nobody looks any more.</summary>
    public bool IsEnd => Kind is AlertKind.Resolved or AlertKind.Withdrawn;
}
