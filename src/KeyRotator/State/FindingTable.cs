using KeyRotator.Findings;

namespace KeyRotator.State;

/// <summary>Findings, open and past. A unique index lets at most one be open for each <see cref="FindingKey"/>.</summary>
internal static class FindingTable
{
    internal const string Columns =
        """
        id, subject_kind, subject, reason, version, mark, severity, message, rung, opened_at, resolved_at, held_until, remind_at,
        acked_by, acked_at, acked_until, ack_reason
        """;

    private static readonly ManyStatement s_about =
        new($"SELECT {Columns} FROM finding WHERE resolved_at IS NULL AND subject_kind = @kind AND subject IN (@each) ORDER BY id");

    /// <summary>Open findings about the given subjects. Any number of subjects; few statements.</summary>
    public static async Task<IReadOnlyList<Finding>> OpenAboutAsync(
        StateTransaction transaction, IReadOnlyCollection<FindingSubject> subjects, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var names in subjects.Distinct().ToLookup(subject => subject.Kind, subject => subject.Name))
        {
            var rows = s_about.ReadAsync(transaction, names, statement => statement.Set("@kind", names.Key), Read, cancellationToken);
            findings.AddRange(await rows);
        }

        return findings;
    }

    /// <summary>All open findings, critical first, then by time. Held ones are in it.</summary>
    public static async Task<IReadOnlyList<Finding>> OpenAsync(StateTransaction transaction, CancellationToken cancellationToken)
    {
        var findings = await transaction.Prepare($"SELECT {Columns} FROM finding WHERE resolved_at IS NULL")
            .ReadAsync(Read, cancellationToken);
        return [.. findings.OrderByDescending(one => one.Severity).ThenBy(one => one.OpenedAt).ThenBy(one => one.Id)];
    }

    /// <summary>Open findings of one reason, held ones too. By index.</summary>
    public static async Task<IReadOnlyList<Finding>> OpenForAsync(
        StateTransaction transaction, FindingReason reason, CancellationToken cancellationToken) =>
        await transaction
            .Prepare($"SELECT {Columns} FROM finding WHERE resolved_at IS NULL AND reason = @reason ORDER BY id")
            .Set("@reason", reason)
            .ReadAsync(Read, cancellationToken);

    /// <summary>Opens a finding and returns it with its id. One that another process opened in the meantime is returned as it is.</summary>
    public static async Task<Finding> InsertAsync(
        StateTransaction transaction,
        FindingClaim claim,
        DateTimeOffset openedAt,
        DateTimeOffset? heldUntil,
        DateTimeOffset? remindAt,
        CancellationToken cancellationToken)
    {
        var inserted = await SetKey(Insert(transaction), claim.Key)
            .Set("@severity", claim.Severity)
            .Set("@message", claim.Message)
            .Set("@rung", claim.Rung)
            .Set("@opened_at", openedAt)
            .Set("@held_until", heldUntil)
            .Set("@remind_at", remindAt)
            .ReadAsync(Read, cancellationToken);
        return inserted.SingleOrDefault() ?? await FindOpenAsync(transaction, claim.Key, cancellationToken);
    }

    /// <summary>Replaces severity, message, rung, held-until and remind-at of an open finding, or resolves it. Who looks after it is
    /// another's to say: <see cref="AcknowledgementTable"/>.</summary>
    public static Task UpdateAsync(StateTransaction transaction, Finding finding, CancellationToken cancellationToken) => transaction
        .Prepare(
            """
            UPDATE finding SET severity = @severity, message = @message, rung = @rung, held_until = @held_until, remind_at = @remind_at,
              resolved_at = @resolved_at
            WHERE id = @id AND resolved_at IS NULL
            """)
        .Set("@id", finding.Id)
        .Set("@severity", finding.Severity)
        .Set("@message", finding.Message)
        .Set("@rung", finding.Rung)
        .Set("@held_until", finding.HeldUntil)
        .Set("@remind_at", finding.RemindAt)
        .Set("@resolved_at", finding.ResolvedAt)
        .ExecuteAsync(cancellationToken);

    /// <summary>Open findings, not held at that time, whose reminder is due, and then those that somebody looked after until now. By
    /// index.</summary>
    public static async Task<IReadOnlyList<Finding>> DueForReminderAsync(
        StateTransaction transaction, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var due = await transaction
            .Prepare(
                $"""
                SELECT {Columns} FROM finding
                WHERE resolved_at IS NULL AND remind_at <= @now AND acked_until IS NULL AND (held_until IS NULL OR held_until <= @now)
                ORDER BY remind_at, id LIMIT @limit
                """)
            .Set("@now", now)
            .Set("@limit", limit)
            .ReadAsync(Read, cancellationToken);
        return [.. due, .. await AcknowledgementTable.OverAsync(transaction, now, limit, cancellationToken)];
    }

    /// <summary>Held findings whose hold has ended, and those that are held for longer than any hold lasts: the clock was set back. By
    /// index.</summary>
    public static async Task<IReadOnlyList<Finding>> HeldUntilAsync(
        StateTransaction transaction, DateTimeOffset now, TimeSpan longest, CancellationToken cancellationToken) => await transaction
        .Prepare(
            $"""
            SELECT {Columns} FROM finding
            WHERE resolved_at IS NULL AND (held_until <= @now OR held_until > @latest) ORDER BY held_until, id
            """)
        .Set("@now", now)
        .Set("@latest", now + longest)
        .ReadAsync(Read, cancellationToken);

    /// <summary>Removes findings resolved before the given time. At most <paramref name="limit"/> rows; returns how many went. Messages on
    /// their way stay.</summary>
    public static Task<int> PruneAsync(
        StateTransaction transaction, DateTimeOffset before, int limit, CancellationToken cancellationToken) => transaction
        .Prepare(
            """
            DELETE FROM finding WHERE id IN
              (SELECT id FROM finding WHERE resolved_at IS NOT NULL AND resolved_at < @before ORDER BY resolved_at LIMIT @limit)
            """)
        .Set("@before", before)
        .Set("@limit", limit)
        .ExecuteAsync(cancellationToken);

    private static Statement Insert(StateTransaction transaction) => transaction.Prepare(
        $"""
        INSERT INTO finding (subject_kind, subject, reason, version, mark, severity, message, rung, opened_at, held_until, remind_at)
        VALUES (@kind, @subject, @reason, @version, @mark, @severity, @message, @rung, @opened_at, @held_until, @remind_at)
        ON CONFLICT (subject_kind, subject, reason, version, mark) WHERE resolved_at IS NULL DO NOTHING
        RETURNING {Columns}
        """);

    private static async Task<Finding> FindOpenAsync(StateTransaction transaction, FindingKey key, CancellationToken cancellationToken)
    {
        var open = transaction.Prepare(
            $"""
            SELECT {Columns} FROM finding WHERE resolved_at IS NULL
              AND subject_kind = @kind AND subject = @subject AND reason = @reason AND version = @version AND mark = @mark
            """);
        return (await SetKey(open, key).ReadAsync(Read, cancellationToken)).Single();
    }

    private static Statement SetKey(Statement statement, FindingKey key) => statement
        .Set("@kind", key.Subject.Kind)
        .Set("@subject", key.Subject.Name)
        .Set("@reason", key.Reason)
        .Set("@version", key.Version)
        .Set("@mark", key.Mark);

    internal static Finding Read(Row row) => new()
    {
        Id = row.Long(),
        Key = new(new(row.Member<SubjectKind>(), row.Text()), row.Member<FindingReason>(), row.Int(), row.Text()),
        Severity = row.Member<Severity>(),
        Message = row.Text(),
        Rung = row.IntOrNull(),
        OpenedAt = row.Time(),
        ResolvedAt = row.TimeOrNull(),
        HeldUntil = row.TimeOrNull(),
        RemindAt = row.TimeOrNull(),
        Ack = ReadAck(row),
    };

    private static Acknowledgement? ReadAck(Row row)
    {
        var (by, at, until, reason) = (row.TextOrNull(), row.TimeOrNull(), row.TimeOrNull(), row.TextOrNull());
        return by is null || at is null || until is null ? null
            : new() { By = by, At = at.Value, Until = until.Value, Reason = reason };
    }
}
