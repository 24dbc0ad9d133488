using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Findings;

namespace KeyRotator.Configuration;

/// <summary>A route.</summary>
internal sealed class RouteDraft(Position at)
{
    public Position At { get; } = at;

    public MatchDraft Match { get; set; } = new(at);

    public IReadOnlyList<Located<string>> Channels { get; set; } = [];

    public bool Continue { get; set; }

    public GroupingDraft Grouping { get; } = new();

    public QuietDigest Digest { get; set; }

    public Located<TimeOnly>? DigestAt { get; set; }
}

/// <summary>What is told together, and how soon. What is null was not given.</summary>
internal sealed class GroupingDraft
{
    public IReadOnlyList<GroupPart>? By { get; set; }

    public TimeSpan? Wait { get; set; }

    public TimeSpan? Interval { get; set; }
}

/// <summary>What a route matches. Empty lists were not given: given ones hold something.</summary>
internal sealed class MatchDraft(Position at)
{
    public Position At { get; } = at;

    public IReadOnlyList<Located<string>> Environments { get; set; } = [];

    public IReadOnlyList<Located<string>> Providers { get; set; } = [];

    public IReadOnlyList<Located<string>> Owners { get; set; } = [];

    public IReadOnlyList<Located<FindingReason>> Reasons { get; set; } = [];

    public IReadOnlyList<Located<Severity>> Severities { get; set; } = [];

    public IReadOnlyList<Located<string>> Stores { get; set; } = [];

    public Located<MapEntries<IReadOnlyList<Located<string>>>>? Labels { get; set; }
}
