using KeyRotator.Audit;

namespace KeyRotator.State;

/// <summary>Every act that changed something, in the transaction that changed it. Rows are added only.</summary>
internal static class AuditTable
{
    private const string Columns =
        """
        sequence, at, actor, how, act, target_kind, target, rotation_id, reason, outcome, old_fingerprint, new_fingerprint,
        checkpoint_sequence, checkpoint_hash, hash
        """;

    /// <summary>Adds an act behind the last one; returns the new head. Where that fails, the transaction must not be committed.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public static async Task<AuditHead> AddAsync(StateTransaction transaction, AuditEntry entry, CancellationToken cancellationToken)
    {
        var row = AuditRow.Of(entry, await HeadAsync(transaction, cancellationToken));
        await transaction
            .Prepare(
                $"""
                INSERT INTO audit ({Columns})
                VALUES (@sequence, @at, @actor, @how, @act, @kind, @target, @rotation, @reason, @outcome, @old, @new, @gone, @gone_hash,
                  @hash)
                """)
            .Set("@sequence", row.Sequence)
            .Set("@at", row.Ticks)
            .Set("@actor", row.Actor)
            .Set("@how", row.How)
            .Set("@act", row.Act)
            .Set("@kind", row.TargetKind)
            .Set("@target", row.Target)
            .Set("@rotation", row.Rotation)
            .Set("@reason", row.Reason)
            .Set("@outcome", row.Outcome)
            .Set("@old", row.OldFingerprint)
            .Set("@new", row.NewFingerprint)
            .Set("@gone", row.CheckpointSequence)
            .Set("@gone_hash", row.CheckpointHash)
            .Set("@hash", row.Hash)
            .ExecuteAsync(cancellationToken);
        return new(row.Sequence, row.Hash);
    }

    /// <summary>The last row's number and hash; null where nothing was recorded yet.</summary>
    public static async Task<AuditHead?> HeadAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        (await transaction.Prepare("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
            .ReadAsync(row => new AuditHead(row.Long(), row.Text()), cancellationToken)).SingleOrDefault();

    /// <summary>The row before the first that is there, as the checkpoint behind which it went has it; null where there is no such
    /// checkpoint: then the first row has to be there.</summary>
    public static async Task<AuditHead?> CheckpointAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        (await transaction
            .Prepare(
                """
                SELECT checkpoint_sequence, coalesce(checkpoint_hash, '') FROM audit
                WHERE checkpoint_sequence = (SELECT min(sequence) - 1 FROM audit) AND checkpoint_sequence > 0 ORDER BY sequence DESC LIMIT 1
                """)
            .ReadAsync(row => new AuditHead(row.Long(), row.Text()), cancellationToken)).SingleOrDefault();

    /// <summary>Rows behind the given number, oldest first.</summary>
    public static async Task<IReadOnlyList<AuditRow>> PageAsync(
        StateTransaction transaction, long after, int limit, CancellationToken cancellationToken) => await transaction
        .Prepare($"SELECT {Columns} FROM audit WHERE sequence > @after ORDER BY sequence LIMIT @limit")
        .Set("@after", after)
        .Set("@limit", limit)
        .ReadAsync(Read, cancellationToken);

    /// <summary>The newest rows, newest first: since then, and about one key where one is named.</summary>
    public static async Task<IReadOnlyList<AuditRow>> NewestAsync(
        StateTransaction transaction, string? key, DateTimeOffset since, int limit, CancellationToken cancellationToken)
    {
        var about = key is null ? "" : "target_kind = 'Key' AND target = @key AND ";
        var statement = transaction
            .Prepare(
                $"""
                SELECT {Columns} FROM audit
                WHERE {about}sequence >= (SELECT min(sequence) FROM audit WHERE at >= @since) AND at >= @since
                ORDER BY sequence DESC LIMIT @limit
                """)
            .Set("@since", since)
            .Set("@limit", limit);
        return await (key is null ? statement : statement.Set("@key", key)).ReadAsync(Read, cancellationToken);
    }

    /// <summary>The number before the first row since then: from there on <see cref="PageAsync"/> reads them.</summary>
    public static async Task<long> BeforeAsync(StateTransaction transaction, DateTimeOffset since, CancellationToken cancellationToken) =>
        (await transaction.Prepare("SELECT min(sequence) FROM audit WHERE at >= @since")
            .Set("@since", since)
            .ReadAsync(row => row.LongOrNull(), cancellationToken)).Single() - 1 ?? long.MaxValue;

    /// <summary>Removes the oldest rows from before the given time, behind a checkpoint that carries the chain on. Rows that are not what
    /// was recorded stay, and all behind them: they are evidence.</summary>
    /// <returns>How many went.</returns>
    public static async Task<int> PruneAsync(
        StateTransaction transaction,
        AuditActor actor,
        DateTimeOffset before,
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken)
    {
        var walk = new AuditWalk(await CheckpointAsync(transaction, cancellationToken), null);
        var old = (await PageAsync(transaction, 0, limit, cancellationToken)).TakeWhile(row => row.At < before).ToList();
        old.ForEach(walk.Next);
        if (old.Count == 0 || walk.Break is not null || walk.Last is not { } last)
        {
            return 0;
        }

        var checkpoint = new AuditEntry
        {
            At = now,
            Actor = actor,
            Act = AuditActs.AuditPruned,
            TargetKind = AuditActs.Audit,
            Target = "audit",
            Reason = FormattableString.Invariant($"Removed rows {old[0].Sequence} to {last.Sequence} for their age."),
            Checkpoint = last,
        };
        await AddAsync(transaction, checkpoint, cancellationToken);
        return await transaction.Prepare("DELETE FROM audit WHERE sequence <= @last").Set("@last", last.Sequence)
            .ExecuteAsync(cancellationToken);
    }

    private static AuditRow Read(Row row) => new()
    {
        Sequence = row.Long(),
        Ticks = row.Long(),
        Actor = row.Text(),
        How = row.Text(),
        Act = row.Text(),
        TargetKind = row.Text(),
        Target = row.Text(),
        Rotation = row.LongOrNull(),
        Reason = row.TextOrNull(),
        Outcome = row.Text(),
        OldFingerprint = row.TextOrNull(),
        NewFingerprint = row.TextOrNull(),
        CheckpointSequence = row.LongOrNull(),
        CheckpointHash = row.TextOrNull(),
        Hash = row.Text(),
    };
}
