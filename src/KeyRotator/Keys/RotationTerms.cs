namespace KeyRotator.Keys;

/// <summary>When a rotation may go live, and who must say so. Immutable.</summary>
public sealed record RotationTerms
{
    /// <summary>How long a value waits at most, and how far ahead a time may be.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(7);

    /// <summary>What comes to its time has that long to be carried out.</summary>
    public static TimeSpan Reprieve { get; } = TimeSpan.FromDays(1);

    /// <summary>At once, and nobody else is asked.</summary>
    public static RotationTerms AtOnce { get; } = new();

    /// <summary>Who handed the candidate in; null in what was recorded before this was.</summary>
    public RotationPerson? Submitter { get; init; }

    /// <summary>Not before then (UTC); null for at once.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>What has not begun by then ends (UTC); null where nothing waits.</summary>
    public DateTimeOffset? LapsesAt { get; init; }

    /// <summary>How many other people must approve it. 0 or 1.</summary>
    public int Approvals { get; init; }

    /// <summary>The approval, or null.</summary>
    public RotationApproval? Approval { get; init; }

    /// <summary>When something that waits lapses: <see cref="Longest"/> after it was handed in, and never less than
    /// <see cref="Reprieve"/> after its time.</summary>
    public static DateTimeOffset LapseOf(DateTimeOffset submittedAt, DateTimeOffset? dueAt) =>
        dueAt + Reprieve is { } late && late > submittedAt + Longest ? late : submittedAt + Longest;
}

/// <summary>An approval.</summary>
/// <param name="By">Who gave it, by name.</param>
/// <param name="At">When (UTC).</param>
public sealed record RotationApproval(string By, DateTimeOffset At);
