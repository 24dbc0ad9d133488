using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace KeyRotator.State.Sqlite;

/// <summary>A statement prepared once and bound by position.</summary>
/// <remarks>Microsoft.Data.Sqlite looks each parameter up by name at every execution, which takes longer than the execution
/// itself.</remarks>
internal sealed class SqliteStatement : Statement
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly Func<SqliteException, StateException> _explain;
    private readonly Dictionary<string, int> _parameters = [];
    private readonly SqliteRow _row;

    public SqliteStatement(sqlite3 database, string sql, Func<SqliteException, StateException> explain)
    {
        _database = database;
        _explain = explain;
        Check(sqlite3_prepare_v2(database, sql, out _statement));
        _row = new(_statement);
        for (var index = sqlite3_bind_parameter_count(_statement); index > 0; index--)
        {
            _parameters.Add(sqlite3_bind_parameter_name(_statement, index).utf8_to_string(), index);
        }
    }

    public override Statement Set(string name, string? value)
    {
        var index = _parameters[name];
        return Bound(value is null ? sqlite3_bind_null(_statement, index) : sqlite3_bind_text(_statement, index, value));
    }

    public override Statement Set(string name, long? value)
    {
        var index = _parameters[name];
        return Bound(value is null ? sqlite3_bind_null(_statement, index) : sqlite3_bind_int64(_statement, index, value.Value));
    }

    public override Statement Set(string name, bool value) => Bound(sqlite3_bind_int(_statement, _parameters[name], value ? 1 : 0));

    public override Statement Set(string name, byte[] value) => Bound(sqlite3_bind_blob(_statement, _parameters[name], value));

    public override Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Run(null);
        return Task.FromResult(sqlite3_changes(_database));
    }

    public override Task<List<T>> ReadAsync<T>(Func<Row, T> map, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var rows = new List<T>();
        try
        {
            Run(row => rows.Add(map(row)));
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or OverflowException or JsonException)
        {
            throw _explain(new SqliteException(fault.Message, SQLITE_CORRUPT));
        }

        return Task.FromResult(rows);
    }

    public override async Task<IReadOnlyList<int>> ExecuteManyAsync<T>(
        IReadOnlyList<T> items, Action<Statement, T> set, CancellationToken cancellationToken)
    {
        var changed = new int[items.Count];
        for (var index = 0; index < changed.Length; index++)
        {
            set(this, items[index]);
            changed[index] = await ExecuteAsync(cancellationToken);
        }

        return changed;
    }

    public override async Task<IReadOnlyList<List<TRow>>> ReadManyAsync<T, TRow>(
        IReadOnlyList<T> items, Action<Statement, T> set, Func<Row, TRow> map, CancellationToken cancellationToken)
    {
        var all = new List<TRow>[items.Count];
        for (var index = 0; index < all.Length; index++)
        {
            set(this, items[index]);
            all[index] = await ReadAsync(map, cancellationToken);
        }

        return all;
    }

    public override void Dispose() => _statement.Dispose();

    private void Run(Action<Row>? take)
    {
        try
        {
            int code;
            while ((code = sqlite3_step(_statement)) == SQLITE_ROW)
            {
                _row.Next();
                take?.Invoke(_row);
            }

            Check(code);
        }
        finally
        {
            _ = sqlite3_reset(_statement);
        }
    }

    private SqliteStatement Bound(int code)
    {
        Check(code);
        return this;
    }

    private void Check(int code)
    {
        if (code is not (SQLITE_OK or SQLITE_DONE))
        {
            throw _explain(new SqliteException(sqlite3_errmsg(_database).utf8_to_string(), code & 0xFF, code));
        }
    }

    private sealed class SqliteRow(sqlite3_stmt statement) : Row
    {
        public void Next() => Rewind();

        protected override bool IsNullAt(int column) => sqlite3_column_type(statement, column) == SQLITE_NULL;

        protected override string TextAt(int column) => sqlite3_column_text(statement, column).utf8_to_string();

        protected override long LongAt(int column) => sqlite3_column_int64(statement, column);

        protected override bool FlagAt(int column) => sqlite3_column_int(statement, column) != 0;

        protected override byte[] BytesAt(int column) => sqlite3_column_blob(statement, column).ToArray();
    }
}
