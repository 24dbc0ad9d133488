namespace KeyRotator.State.Copy;

/// <summary>Copies one table, some rows at a time, in the order of its key.</summary>
/// <param name="table">The table.</param>
/// <param name="from">Its columns where it is read.</param>
/// <param name="to">Its columns where it is written.</param>
internal sealed class TableCopy(string table, IReadOnlyList<TableColumn> from, IReadOnlyList<TableColumn> to)
{
    /// <summary>Rows that are in memory at a time.</summary>
    public const int Together = 500;

    private readonly IReadOnlyList<TableColumn> _keys =
        [.. from.Where(column => column.KeyOrdinal > 0).OrderBy(column => column.KeyOrdinal)];

    private readonly IReadOnlyDictionary<string, TableColumn> _targets = to.ToDictionary(column => column.Name, StringComparer.Ordinal);

    private string Names => string.Join(", ", from.Select(column => column.Quoted));

    /// <summary>Copies all rows; returns how many.</summary>
    /// <exception cref="StateException">The columns differ, or a database failed.</exception>
    public async Task<long> RunAsync(StateTransaction source, StateTransaction target, CancellationToken cancellationToken)
    {
        MustHaveTheSameColumns();
        var copied = 0L;
        object?[]? last = null;
        do
        {
            var rows = await PageAsync(source, last, cancellationToken);
            await target
                .Prepare($"INSERT INTO {table} ({Names}) VALUES ({string.Join(", ", from.Select(column => column.Parameter))})")
                .ExecuteManyAsync(rows, Set, cancellationToken);
            copied += rows.Count;
            last = rows.Count == Together ? rows[^1] : null;
        }
        while (last is not null);
        return copied;
    }

    private Task<List<object?[]>> PageAsync(StateTransaction source, object?[]? last, CancellationToken cancellationToken)
    {
        var keys = string.Join(", ", _keys.Select(column => column.Quoted));
        var after = last is null ? "" : $" WHERE ({keys}) > ({string.Join(", ", _keys.Select(column => column.Parameter))})";
        var statement = source.Prepare(
            FormattableString.Invariant(
                $"SELECT {Names} FROM {table}{after} ORDER BY {keys} LIMIT {Together}"));
        foreach (var key in last is null ? [] : _keys)
        {
            key.Set(statement, key.Parameter, last![IndexOf(key)]);
        }

        return statement.ReadAsync(Read, cancellationToken);
    }

    private object?[] Read(Row row)
    {
        var values = new object?[from.Count];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = from[index].Read(row);
        }

        return values;
    }

    private void Set(Statement statement, object?[] row)
    {
        for (var index = 0; index < row.Length; index++)
        {
            _targets[from[index].Name].Set(statement, from[index].Parameter, row[index]);
        }
    }

    private int IndexOf(TableColumn column)
    {
        var index = 0;
        while (!ReferenceEquals(from[index], column))
        {
            index++;
        }

        return index;
    }

    private void MustHaveTheSameColumns()
    {
        if (_keys.Count == 0 || !from.Select(column => column.Name).ToHashSet(StringComparer.Ordinal).SetEquals(_targets.Keys))
        {
            throw new StateException(
                $"The table {table} is not the same in both databases. Nothing was copied; run one version of KeyRotator on both first.",
                null);
        }
    }
}
