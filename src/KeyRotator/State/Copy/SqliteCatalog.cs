namespace KeyRotator.State.Copy;

/// <summary>SQLite's.</summary>
internal sealed class SqliteCatalog : StateCatalog
{
    private const string Guard = "audit_gapless";

    /// <inheritdoc />
    protected override string ColumnsSql => "SELECT name, type, pk FROM pragma_table_info(@table) ORDER BY cid";

    /// <inheritdoc />
    public override async Task<long> LastNumberAsync(StateTransaction transaction, string table, CancellationToken cancellationToken) =>
        (await transaction.Prepare("SELECT seq FROM sqlite_sequence WHERE name = @table")
            .Set("@table", table)
            .ReadAsync(row => row.Long(), cancellationToken)).SingleOrDefault();

    /// <inheritdoc />
    public override async Task ContinueAsync(StateTransaction transaction, string table, long last, CancellationToken cancellationToken)
    {
        await transaction.Prepare("DELETE FROM sqlite_sequence WHERE name = @table").Set("@table", table).ExecuteAsync(cancellationToken);
        await transaction.Prepare("INSERT INTO sqlite_sequence (name, seq) VALUES (@table, @last)")
            .Set("@table", table)
            .Set("@last", last)
            .ExecuteAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override async Task WithoutGuardAsync(StateTransaction transaction, Func<Task> add, CancellationToken cancellationToken)
    {
        var guard = await transaction.Prepare("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = @name")
            .Set("@name", Guard)
            .ReadAsync(row => row.Text(), cancellationToken);
        await RunAsync(transaction, $"DROP TRIGGER {Guard}", cancellationToken);
        await add();
        await RunAsync(transaction, guard.Single(), cancellationToken);
    }
}
