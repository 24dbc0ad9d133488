using System.Text.Json.Serialization;
using KeyRotator.Audit;
using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>What a message tells.</summary>
public enum AlertKind
{
    /// <summary>A trial by an operator, as versions before this one sent it.</summary>
    Test = 0,

    /// <summary>A finding was opened, or a lower rung or higher severity was reached.</summary>
    Trigger,

    /// <summary>A finding is still open.</summary>
    Reminder,

    /// <summary>A finding's cause is gone.</summary>
    Resolved,

    /// <summary>Several findings in one message.</summary>
    Digest,

    /// <summary>A finding's key is held: nobody looks any more, and nobody says that its cause is gone.</summary>
    Withdrawn,

    /// <summary>No message: everything that is wrong at the moment, for receivers that keep state themselves.</summary>
    State,
}

/// <summary>A finding, or several, made deliverable. What stands here is all that ever leaves: names, times and sentences of
/// ours.</summary>
public sealed record Alert
{
    /// <summary>Stable over retries; the receiver's idempotency key.</summary>
    public required string Id { get; init; }

    /// <summary>What it tells.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>When it came to be (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The greatest severity in it.</summary>
    public required Severity Severity { get; init; }

    /// <summary>The findings: one, save in a digest. Empty in a test.</summary>
    public IReadOnlyList<AlertFinding> Findings { get; init; } = [];

    /// <summary>How many findings more it stands for than it names: a large digest names only the first.</summary>
    public int Omitted { get; init; }

    /// <summary>In a digest, where the audit stood when it was composed: whoever keeps it can prove later that nothing before was changed.
    /// Null in other messages, and where nothing was recorded yet.</summary>
    public AuditHead? Audit { get; init; }

    /// <summary>Id of the installation that tells it, or null in what was queued before this was known.</summary>
    public string? Installation { get; init; }

    /// <summary>Whether an operator only tries the channel: its findings are made up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsTrial { get; init; }

    /// <summary>For receivers that keep incidents: which one it opens, reminds of or ends. Null where it is the finding's own.</summary>
    public string? Incident { get; init; }

    /// <summary>What the findings of a digest have in common, in words; null where nothing.</summary>
    public string? Common { get; init; }

    /// <summary>How a state is meant; null in messages.</summary>
    public StateTerms? State { get; init; }

    /// <summary>How many findings of each sort a message of several tells of, those it does not name included; else null.</summary>
    public AlertTally? Tally { get; init; }
}

/// <summary>How many findings a message tells of.</summary>
/// <param name="New">Opened, or worse than before.</param>
/// <param name="StillOpen">Brought to mind again.</param>
/// <param name="Over">Their cause is gone.</param>
/// <param name="Withdrawn">Looked at no more.</param>
public sealed record AlertTally(int New, int StillOpen, int Over, int Withdrawn)
{
    /// <summary>Whether none of them is open any more.</summary>
    [JsonIgnore]
    public bool IsAllEnded => New == 0 && StillOpen == 0;
}

/// <summary>How a state is meant.</summary>
/// <param name="Holds">For how long it holds unless it is told again.</param>
/// <param name="FollowsPass">Whether a pass over the keys has just ended, so that nothing that it found waits for its end.</param>
public sealed record StateTerms(TimeSpan Holds, bool FollowsPass);

/// <summary>A finding as receivers see it.</summary>
public sealed record AlertFinding
{
    /// <summary>The same in a finding's trigger, reminders and resolve.</summary>
    public required string Id { get; init; }

    /// <summary>Why.</summary>
    public required FindingReason Reason { get; init; }

    /// <summary>How much it matters.</summary>
    public required Severity Severity { get; init; }

    /// <summary>What kind of thing it is about.</summary>
    public required SubjectKind SubjectKind { get; init; }

    /// <summary>The key's id, or the name of an instance, store or channel.</summary>
    public required string Subject { get; init; }

    /// <summary>One sentence for the operator.</summary>
    public required string Message { get; init; }

    /// <summary>When it was opened (UTC).</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When its cause was gone (UTC), or null.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Rung of the expiry ladder in whole days, or null.</summary>
    public int? Rung { get; init; }

    /// <summary>The key's provider instance, or null where no key is meant.</summary>
    public string? Provider { get; init; }

    /// <summary>The key's environment, or null.</summary>
    public string? Environment { get; init; }

    /// <summary>The key's owner, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>First 12 digits of the key version's fingerprint, or null.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The key version's expiry (UTC), or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The provider's page for creating or revoking keys, or null.</summary>
    public string? ConsoleUrl { get; init; }

    /// <summary>What to do about it: a page of the operators' own, or null.</summary>
    public string? RunbookUrl { get; init; }

    /// <summary>The store of the key's primary location, or the store itself, or null.</summary>
    public string? Store { get; init; }

    /// <summary>The key's labels, or null where it has none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>In a message of several, what it tells of this one: that it was opened, is still open, or is over. Else null.</summary>
    public AlertKind? Change { get; init; }
}
