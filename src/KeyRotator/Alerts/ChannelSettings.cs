using System.Net;
using KeyRotator.Findings;
using KeyRotator.Secrets;

namespace KeyRotator.Alerts;

/// <summary>A configured channel.</summary>
public sealed record ChannelSettings
{
    /// <summary>Its name, unique.</summary>
    public required string Name { get; init; }

    /// <summary>Channel kind, for example <c>webhook</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where messages go. Secret as a whole: chat webhooks carry their credential in path or query.</summary>
    public required SecretValue Url { get; init; }

    /// <summary>What the receiver knows us by, where it is not in the address: an integration's routing key or API key. Else
    /// null.</summary>
    public SecretValue? ApiKey { get; init; }

    /// <summary>Signing secret, or null. Standard Webhooks: <c>whsec_</c> and 24 to 64 bytes in base64.</summary>
    public SecretValue? Secret { get; init; }

    /// <summary>The signing secret before this one: while it is set both sign.</summary>
    public SecretValue? PreviousSecret { get; init; }

    /// <summary>Whether plain http to a host that is not loopback is meant. Default false.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Ranges of addresses that the receiver may have although the internet cannot reach them. Default none.</summary>
    public IReadOnlyList<IPNetwork> AllowAddresses { get; init; } = [];
}

/// <summary>Which findings go to which channels. The first route that matches decides.</summary>
public sealed record AlertRoute
{
    /// <summary>Environment that a finding must have, or null for any.</summary>
    public string? Environment { get; init; }

    /// <summary>Provider instance that a finding must have, or null for any.</summary>
    public string? Provider { get; init; }

    /// <summary>Owner that a finding must have, or null for any.</summary>
    public string? Owner { get; init; }

    /// <summary>Reason that a finding must have, or null for any.</summary>
    public FindingReason? Reason { get; init; }

    /// <summary>Severity that a finding must have, or null for warning and critical.</summary>
    public Severity? Severity { get; init; }

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
