namespace KeyRotator.State.Copy;

/// <summary>What an engine says of its own tables, and the few things that each does in its own way.</summary>
internal abstract class StateCatalog
{
    /// <summary>That of a database.</summary>
    public static StateCatalog Of(StateDatabase database) => database.IsServer ? new PostgresCatalog() : new SqliteCatalog();

    /// <summary>The columns of a table in their order.</summary>
    public Task<List<TableColumn>> ColumnsAsync(StateTransaction transaction, string table, CancellationToken cancellationToken) =>
        transaction.Prepare(ColumnsSql)
            .Set("@table", table)
            .ReadAsync(row => new TableColumn(row.Text(), KindOf(row.Text()), row.Int()), cancellationToken);

    /// <summary>The last number that a table's database gave out; 0 where it gave none.</summary>
    public abstract Task<long> LastNumberAsync(StateTransaction transaction, string table, CancellationToken cancellationToken);

    /// <summary>Has the next number be one behind this.</summary>
    public abstract Task ContinueAsync(StateTransaction transaction, string table, long last, CancellationToken cancellationToken);

    /// <summary>Adds rows to the audit that begin behind a checkpoint, which nobody else may; the guard is back when it ends.</summary>
    public abstract Task WithoutGuardAsync(StateTransaction transaction, Func<Task> add, CancellationToken cancellationToken);

    /// <summary>Asks for name, type and place in the key of each column of <c>@table</c>.</summary>
    protected abstract string ColumnsSql { get; }

    private static ColumnKind KindOf(string type) => type.ToUpperInvariant() switch
    {
        "INTEGER" or "BIGINT" => ColumnKind.Number,
        "TEXT" => ColumnKind.Text,
        "BOOLEAN" => ColumnKind.Flag,
        "BLOB" or "BYTEA" => ColumnKind.Bytes,
        _ => throw new FormatException("A column has a type that no table of ours has."),
    };

    /// <summary>Runs a statement that is not asked again.</summary>
    protected static Task RunAsync(StateTransaction transaction, string sql, CancellationToken cancellationToken) =>
        transaction.Prepare(sql).ExecuteAsync(cancellationToken);
}
