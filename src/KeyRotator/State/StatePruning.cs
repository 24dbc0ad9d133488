namespace KeyRotator.State;

/// <summary>Removes what is too old to matter, in steps that keep nobody waiting.</summary>
internal static class StatePruning
{
    private const int Most = 1000;

    /// <summary>How long past checks, resolved findings, ended silences and the audit are kept.</summary>
    public static TimeSpan HistoryKept { get; } = TimeSpan.FromDays(400);

    /// <summary>How long finished messages are kept.</summary>
    public static TimeSpan MessagesKept { get; } = TimeSpan.FromDays(30);

    /// <summary>Takes one step; returns what went.</summary>
    public static async Task<PrunedRows> StepAsync(StateDatabase state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var runs = await CheckHistoryTable.PruneAsync(transaction, now - HistoryKept, Most, cancellationToken);
        await OutboxGroupTable.PruneAsync(transaction, now - MessagesKept, cancellationToken);
        var messages = await OutboxTable.PruneAsync(transaction, now - MessagesKept, Most, cancellationToken);
        var findings = await FindingTable.PruneAsync(transaction, now - HistoryKept, Most, cancellationToken);
        var audited = await AuditTable.PruneAsync(transaction, state.Actor, now - HistoryKept, now, Most, cancellationToken);
        await SilenceTable.PruneAsync(transaction, now - HistoryKept, Most, cancellationToken);
        await ModelListTable.PruneAsync(transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(runs, messages, findings, audited, new[] { runs, messages, findings, audited }.Contains(Most));
    }
}

/// <summary>What a step removed.</summary>
/// <param name="Runs">Runs of checks.</param>
/// <param name="Messages">Finished messages.</param>
/// <param name="Findings">Resolved findings.</param>
/// <param name="Acts">Rows of the audit.</param>
/// <param name="IsMoreLeft">Whether another step may find more.</param>
internal sealed record PrunedRows(int Runs, int Messages, int Findings, int Acts, bool IsMoreLeft);
