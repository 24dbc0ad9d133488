using System.Globalization;
using KeyRotator.Audit;
using KeyRotator.State;
using KeyRotator.State.Copy;

namespace KeyRotator.Tests.State.Copy;

/// <summary>Rows in every table, by the catalogue: a table or a column that is added later is filled, and compared, too.</summary>
internal static class FilledState
{
    /// <summary>Puts two rows into each table, and so many acts into the audit.</summary>
    public static async Task FillAsync(StateDatabase database, int acts, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginWriteAsync(cancellationToken);
        foreach (var table in StateTables.All.Where(table => table != StateTables.Audit))
        {
            var columns = await StateCatalog.Of(database).ColumnsAsync(transaction, table, cancellationToken);
            await InsertAsync(transaction, table, columns, 7, cancellationToken);
            if (columns[0].Name != "only_row")
            {
                await InsertAsync(transaction, table, columns, 8, cancellationToken);
            }
        }

        for (var act = 0; act < acts; act++)
        {
            await AuditTable.AddAsync(transaction, Act(act), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Everything that is in the tables, as text: the same for the same state in either engine.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(StateDatabase database, CancellationToken cancellationToken)
    {
        var all = new List<string> { database.InstallationId };
        await using var transaction = await database.BeginReadAsync(cancellationToken);
        foreach (var table in StateTables.All.Append("installation"))
        {
            var columns = await StateCatalog.Of(database).ColumnsAsync(transaction, table, cancellationToken);
            var inOrder = columns.OrderBy(column => column.Name, StringComparer.Ordinal).ToList();
            var names = string.Join(", ", inOrder.Select(column => column.Quoted));
            var rows = await transaction.Prepare($"SELECT {names} FROM {table}")
                .ReadAsync(row => string.Join(", ", inOrder.Select(column => Text(column.Name, column.Read(row)))), cancellationToken);
            all.AddRange(rows.Order(StringComparer.Ordinal).Select(row => $"{table}: {row}"));
        }

        return all;
    }

    private static AuditEntry Act(int number) => new()
    {
        At = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(number),
        Actor = new AuditActor("tester", "test"),
        Act = "Tested",
        TargetKind = "Key",
        Target = string.Create(CultureInfo.InvariantCulture, $"key-{number}"),
    };

    private static Task<int> InsertAsync(
        StateTransaction transaction, string table, List<TableColumn> columns, int seed, CancellationToken cancellationToken)
    {
        var statement = transaction.Prepare(
            $"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Quoted))}) "
            + $"VALUES ({string.Join(", ", columns.Select(column => column.Parameter))})");
        columns.ForEach(column => column.Set(statement, column.Parameter, Value(column, seed)));
        return statement.ExecuteAsync(cancellationToken);
    }

    private static object? Value(TableColumn column, int seed) => column switch
    {
        { Name: "only_row" } => 1L,
        { Kind: ColumnKind.Number, Name: var name } => IsFlag(name) ? 8L - seed : seed,
        { Kind: ColumnKind.Flag } => seed == 7,
        { Name: "ended_by" or "error" } when seed == 8 => null,
        { Name: var name } when name.EndsWith("key_id", StringComparison.Ordinal) =>
            string.Create(CultureInfo.InvariantCulture, $"key-{seed}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{column.Name} ü {seed}"),
    };

    // What SQLite keeps as a number, and PostgreSQL does not.
    private static bool IsFlag(string name) =>
        name.StartsWith("is_", StringComparison.Ordinal)
        || name is "control_accepted" or "gathers" or "in_flight" or "unsure" or "waives_proof";

    private static string Text(string name, object? value) => value switch
    {
        null => $"{name} nothing",
        bool flag => $"{name} {(flag ? 1 : 0)}",
        byte[] bytes => $"{name} {Convert.ToHexString(bytes)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{name} {value}"),
    };
}
