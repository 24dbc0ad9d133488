using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>What nobody wants to hear of for a while.</summary>
internal sealed record Silence
{
    /// <summary>Its number; 0 before it is kept.</summary>
    public long Id { get; init; }

    /// <summary>Every one of them must be met. Empty, and it covers nothing, where a newer version keeps what this one cannot
    /// read.</summary>
    public required IReadOnlyList<SilenceMatch> Matches { get; init; }

    /// <summary>Who made it.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>From when on (UTC).</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Until when (UTC).</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>When somebody ended it before its time (UTC), or null.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who did, or null.</summary>
    public string? EndedBy { get; init; }

    /// <summary>Whether it holds at that time.</summary>
    public bool Holds(DateTimeOffset now) => EndedAt is null && TimeLimit.Holds(Since, Until, now);

    /// <summary>Whether it means a finding, whatever the time.</summary>
    public bool Covers(AlertFinding finding) => Matches.Count > 0 && Matches.All(match => match.Covers(finding));

    /// <summary>Whether it means every critical finding, also those to come.</summary>
    public bool CoversAllCritical => Matches.Count > 0 && Matches.All(match =>
        match.Member is SilenceMember.Severity && match.Agrees(nameof(Severity.Critical)) != match.IsNegated);
}
