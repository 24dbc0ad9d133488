using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>What the ledger did with a finding.</summary>
internal enum FindingEventKind
{
    /// <summary>It was opened.</summary>
    Opened = 0,

    /// <summary>It reached a lower rung of the expiry ladder. Severity may have grown with it.</summary>
    RungReached,

    /// <summary>Its severity grew.</summary>
    SeverityGrew,

    /// <summary>It is still open and its reminder is due.</summary>
    ReminderDue,

    /// <summary>Its cause is gone.</summary>
    Resolved,

    /// <summary>Its key is held: nobody looks any more, and nobody says that its cause is gone.</summary>
    Withdrawn,
}

/// <summary>A change in the ledger that somebody may have to hear of. At most one a finding is composed at a time.</summary>
/// <param name="Finding">The finding after the change; for a reminder with the <c>RemindAt</c> that came due.</param>
/// <param name="Kind">The change.</param>
/// <param name="Facts">What the ledger does not know of the finding's subject.</param>
internal sealed record FindingEvent(Finding Finding, FindingEventKind Kind, AlertSubjectFacts Facts)
{
    /// <summary>Nobody hears of it before then (UTC), for example while the outage guard may still hold it; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>For Resolved and Withdrawn: the channels that were told of it. The word goes to these, whatever the routes say
    /// now.</summary>
    public IReadOnlyCollection<string> Told { get; init; } = [];
}

/// <summary>What receivers learn of a finding's subject.</summary>
internal sealed record AlertSubjectFacts
{
    /// <summary>Nothing is known: the subject is no key.</summary>
    public static AlertSubjectFacts None { get; } = new();

    /// <summary>The key's provider instance, or the instance itself, or null.</summary>
    public string? Provider { get; init; }

    /// <summary>The key's environment, or null.</summary>
    public string? Environment { get; init; }

    /// <summary>The key's owner, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>First 12 digits of the version's fingerprint, or null.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The version's expiry (UTC), or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The provider's page for creating or revoking keys, or null.</summary>
    public string? ConsoleUrl { get; init; }

    /// <summary>What to do about it: a page of the operators' own, or null.</summary>
    public string? RunbookUrl { get; init; }

    /// <summary>The store of the key's primary location, or the store itself, or null.</summary>
    public string? Store { get; init; }

    /// <summary>The key's labels, or null where it has none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Whether the key was never checked before: what is not critical then goes into a digest.</summary>
    public bool FirstPass { get; init; }
}
