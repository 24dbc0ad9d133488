using KeyRotator.Audit;
using KeyRotator.State;
using KeyRotator.State.Copy;

namespace KeyRotator.Ledger;

/// <summary>Copies all state from one database into another, empty one: all of it or nothing.</summary>
/// <remarks>One transaction at the target: whatever ends it, the target is as empty as before. The source's right to write is held all the
/// while: what is copied is one moment, and nobody adds to it unseen.</remarks>
internal sealed class StateCopy(StateDatabase source, StateDatabase target)
{
    private readonly StateCatalog _from = StateCatalog.Of(source);
    private readonly StateCatalog _to = StateCatalog.Of(target);

    /// <summary>Copies it.</summary>
    /// <param name="tell">Told of each table that is copied, and how many rows it has.</param>
    /// <param name="cancellationToken">Ends it; nothing is copied then.</param>
    /// <exception cref="StateException">It was not copied; the message says why.</exception>
    public async Task<CopiedState> RunAsync(Action<string, long> tell, CancellationToken cancellationToken)
    {
        if (source.InstallationId == target.InstallationId)
        {
            throw new StateException(
                "Both name the same installation: it is one database, or was copied already. Nothing was copied.", null);
        }

        await using var reading = await source.BeginWriteAsync(cancellationToken);
        await using var writing = await target.BeginWriteAsync(cancellationToken);
        await MustBeEmptyAsync(writing, cancellationToken);
        var head = await HeadAsync(reading, "The audit of the source is broken", cancellationToken);
        var rows = await CopyAsync(reading, writing, tell, cancellationToken);
        if (await HeadAsync(writing, "The audit was not copied well", cancellationToken) != head)
        {
            throw new StateException("The audit of the copy ends elsewhere. Nothing was copied.", null);
        }

        await writing.CommitAsync(cancellationToken);
        return new(rows, head);
    }

    private async Task<IReadOnlyDictionary<string, long>> CopyAsync(
        StateTransaction reading, StateTransaction writing, Action<string, long> tell, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        await InstallationTable.TakeOverAsync(reading, writing, cancellationToken);
        foreach (var table in StateTables.All)
        {
            rows[table] = await CopyAsync(table, reading, writing, cancellationToken);
            tell(table, rows[table]);
        }

        foreach (var table in StateTables.Numbered.Keys)
        {
            var last = await _from.LastNumberAsync(reading, table, cancellationToken);
            if (last > 0)
            {
                await _to.ContinueAsync(writing, table, last, cancellationToken);
            }
        }

        return rows;
    }

    private async Task<long> CopyAsync(
        string table, StateTransaction reading, StateTransaction writing, CancellationToken cancellationToken)
    {
        var copy = new TableCopy(
            table,
            await _from.ColumnsAsync(reading, table, cancellationToken),
            await _to.ColumnsAsync(writing, table, cancellationToken));
        var copied = 0L;
        if (table == StateTables.Audit)
        {
            await _to.WithoutGuardAsync(writing, AddAsync, cancellationToken);
        }
        else
        {
            await AddAsync();
        }

        var there = await CountAsync(writing, table, cancellationToken);
        return there == copied && there == await CountAsync(reading, table, cancellationToken)
            ? copied
            : throw new StateException($"The table {table} has another number of rows in the copy. Nothing was copied.", null);

        async Task AddAsync() => copied = await copy.RunAsync(reading, writing, cancellationToken);
    }

    private static async Task MustBeEmptyAsync(StateTransaction writing, CancellationToken cancellationToken)
    {
        foreach (var table in StateTables.All)
        {
            if (await CountAsync(writing, table, cancellationToken) is > 0 and var count)
            {
                throw new StateException(
                    FormattableString.Invariant(
                        $"The target holds state already ({count} rows in {table}). Nothing was copied; name an empty database."),
                    null);
            }
        }
    }

    private static async Task<AuditHead?> HeadAsync(StateTransaction transaction, string complaint, CancellationToken cancellationToken)
    {
        var walk = await AuditWatch.WalkAsync(transaction, null, cancellationToken);
        return walk.Break is not { } fault
            ? walk.Last
            : throw new StateException(
                FormattableString.Invariant($"{complaint} at row {fault.Sequence}: {fault.What}. Nothing was copied."), null);
    }

    private static async Task<long> CountAsync(StateTransaction transaction, string table, CancellationToken cancellationToken) =>
        (await transaction.Prepare($"SELECT count(*) FROM {table}").ReadAsync(row => row.Long(), cancellationToken)).Single();
}

/// <summary>What was copied.</summary>
/// <param name="Rows">How many rows of each table.</param>
/// <param name="Head">Where the audit stands in both; null where nothing was done yet.</param>
internal sealed record CopiedState(IReadOnlyDictionary<string, long> Rows, AuditHead? Head);
