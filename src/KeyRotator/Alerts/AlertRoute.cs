using System.Collections.ObjectModel;
using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>Which findings go to which channels. The first route that matches decides, and those after
/// it as long as a route says <c>continue</c>.</summary>
public sealed record AlertRoute
{
    /// <summary>What holds where no route says otherwise.</summary>
    public static AlertRoute Default { get; } = new() { Channels = [] };

    /// <summary>Environments of which a finding must have one, empty for any. A last <c>*</c> stands for whatever follows.</summary>
    public IReadOnlyList<string> Environments { get; init; } = [];

    /// <summary>Provider instances of which a finding must have one, empty for any.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Owners of which a finding must have one, empty for any. A last <c>*</c> stands for whatever follows.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];

    /// <summary>Reasons of which a finding must have one, empty for any.</summary>
    public IReadOnlyList<FindingReason> Reasons { get; init; } = [];

    /// <summary>Severities of which a finding must have one, empty for warning and critical.</summary>
    public IReadOnlyList<Severity> Severities { get; init; } = [];

    /// <summary>Stores of which a finding must have one, empty for any: that of the key's first location, or the store itself.</summary>
    public IReadOnlyList<string> Stores { get; init; } = [];

    /// <summary>Labels that a finding's key must have, all of them, each with one of the values. A last <c>*</c> of a value stands for
    /// whatever follows.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Labels { get; init; } =
        ReadOnlyDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>Names of the channels, at least one.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>Whether the routes after it are looked at too.</summary>
    public bool Continue { get; init; }

    /// <summary>What the findings of one message have in common; empty: all that the route brings are told together.</summary>
    public IReadOnlyList<GroupPart> GroupBy { get; init; } = [GroupPart.Provider, GroupPart.Reason];

    /// <summary>How long the first finding of a group waits for others.</summary>
    public TimeSpan GroupWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Least time between two messages of a group.</summary>
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether what it brings waits for one quiet message a day or week.</summary>
    public QuietDigest Digest { get; init; }

    /// <summary>When that message goes out (time of day, UTC).</summary>
    public TimeOnly DigestAt { get; init; } = new(8, 0);
}

/// <summary>Something that findings told together have in common.</summary>
public enum GroupPart
{
    /// <summary>The provider instance.</summary>
    Provider = 0,

    /// <summary>The key's environment.</summary>
    Environment,

    /// <summary>The key's owner.</summary>
    Owner,

    /// <summary>The reason.</summary>
    Reason,

    /// <summary>The finding itself: each is told by itself.</summary>
    Finding,
}

/// <summary>Whether findings wait for one quiet message.</summary>
public enum QuietDigest
{
    /// <summary>They do not.</summary>
    None = 0,

    /// <summary>Once a day.</summary>
    Daily,

    /// <summary>Once a week, on Monday.</summary>
    Weekly,
}
