namespace KeyRotator.State.Copy;

/// <summary>PostgreSQL's.</summary>
internal sealed class PostgresCatalog : StateCatalog
{
    /// <inheritdoc />
    protected override string ColumnsSql =>
        """
        SELECT CAST(a.attname AS text), format_type(a.atttypid, NULL),
          CAST(coalesce(array_position(CAST(i.indkey AS int2[]), a.attnum) + 1, 0) AS bigint)
        FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
        WHERE a.attrelid = CAST(@table AS regclass) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
        """;

    /// <inheritdoc />
    public override async Task<long> LastNumberAsync(StateTransaction transaction, string table, CancellationToken cancellationToken)
    {
        var numbers = await transaction.Prepare("SELECT pg_get_serial_sequence(@table, @column)")
            .Set("@table", table)
            .Set("@column", StateTables.Numbered[table])
            .ReadAsync(row => row.Text(), cancellationToken);
        var last = await transaction.Prepare($"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {numbers.Single()}")
            .ReadAsync(row => row.Long(), cancellationToken);
        return last.Single();
    }

    /// <inheritdoc />
    public override async Task ContinueAsync(StateTransaction transaction, string table, long last, CancellationToken cancellationToken) =>
        await transaction.Prepare("SELECT setval(CAST(pg_get_serial_sequence(@table, @column) AS regclass), @last)")
            .Set("@table", table)
            .Set("@column", StateTables.Numbered[table])
            .Set("@last", last)
            .ReadAsync(row => row.Long(), cancellationToken);

    /// <inheritdoc />
    public override async Task WithoutGuardAsync(StateTransaction transaction, Func<Task> add, CancellationToken cancellationToken)
    {
        await RunAsync(transaction, "ALTER TABLE audit DISABLE TRIGGER audit_guard", cancellationToken);
        await add();
        await RunAsync(transaction, "ALTER TABLE audit ENABLE TRIGGER audit_guard", cancellationToken);
    }
}
