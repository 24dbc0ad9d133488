using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace KeyRotator.State.Postgres;

/// <summary>A statement whose parameters go by position. The driver prepares it on the server at its second use.</summary>
internal sealed partial class PostgresStatement : Statement
{
    // One message to the server carries that many runs at most.
    private const int Together = 256;

    private readonly NpgsqlConnection _connection;
    private readonly Func<NpgsqlException, StateException> _explain;
    private readonly RoundTrips _trips;
    private readonly string _sql;
    private readonly Dictionary<string, int> _parameters = new(StringComparer.Ordinal);
    private readonly List<NpgsqlParameter> _values = [];

    public PostgresStatement(NpgsqlConnection connection, string sql, RoundTrips trips, Func<NpgsqlException, StateException> explain)
    {
        _trips = trips;
        _connection = connection;
        _explain = explain;
        _sql = Name().Replace(sql, Position);
    }

    public override Statement Set(string name, string? value) => Bind(name, NpgsqlDbType.Text, value);

    public override Statement Set(string name, long? value) => Bind(name, NpgsqlDbType.Bigint, value);

    public override Statement Set(string name, bool value) => Bind(name, NpgsqlDbType.Boolean, value);

    public override Statement Set(string name, byte[] value) => Bind(name, NpgsqlDbType.Bytea, value);

    public override async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        await using var command = Command();
        return await AskAsync(() => command.ExecuteNonQueryAsync(cancellationToken));
    }

    public override async Task<List<T>> ReadAsync<T>(Func<Row, T> map, CancellationToken cancellationToken)
    {
        await using var command = Command();
        return await AskAsync(async () =>
        {
            var rows = new List<T>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await TakeAsync(reader, rows, map, cancellationToken);
            return rows;
        });
    }

    public override async Task<IReadOnlyList<int>> ExecuteManyAsync<T>(
        IReadOnlyList<T> items, Action<Statement, T> set, CancellationToken cancellationToken)
    {
        var changed = new List<int>(items.Count);
        foreach (var chunk in items.Chunk(Together))
        {
            await using var batch = Batch(chunk, set);
            await AskAsync(() => batch.ExecuteNonQueryAsync(cancellationToken));
            changed.AddRange(batch.BatchCommands.Select(static (NpgsqlBatchCommand command) => command.RecordsAffected));
        }

        return changed;
    }

    public override async Task<IReadOnlyList<List<TRow>>> ReadManyAsync<T, TRow>(
        IReadOnlyList<T> items, Action<Statement, T> set, Func<Row, TRow> map, CancellationToken cancellationToken)
    {
        var all = new List<List<TRow>>(items.Count);
        foreach (var chunk in items.Chunk(Together))
        {
            await using var batch = Batch(chunk, set);
            all.AddRange(await AskAsync(async () =>
            {
                var each = new List<List<TRow>>();
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
                do
                {
                    var rows = new List<TRow>();
                    await TakeAsync(reader, rows, map, cancellationToken);
                    each.Add(rows);
                }
                while (await reader.NextResultAsync(cancellationToken));
                return each;
            }));
        }

        return all;
    }

    public override void Dispose()
    {
    }

    [GeneratedRegex("@[a-z_][a-z_0-9]*")]
    private static partial Regex Name();

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            _trips.Add();
            return await ask();
        }
        catch (NpgsqlException fault)
        {
            throw _explain(fault);
        }
        catch (Exception fault)
            when (fault is FormatException or ArgumentException or OverflowException or InvalidCastException or JsonException)
        {
            throw new StateException("The database holds what no KeyRotator wrote; it was left as it is. Restore a backup.", fault);
        }
    }

    private static async Task TakeAsync<T>(
        NpgsqlDataReader reader, List<T> rows, Func<Row, T> map, CancellationToken cancellationToken)
    {
        var row = new PostgresRow(reader);
        while (await reader.ReadAsync(cancellationToken))
        {
            row.Next();
            rows.Add(map(row));
        }
    }

    private string Position(Match name)
    {
        if (!_parameters.TryGetValue(name.Value, out var index))
        {
            index = _values.Count;
            _parameters.Add(name.Value, index);
            _values.Add(new NpgsqlParameter { Value = DBNull.Value });
        }

        return FormattableString.Invariant($"${index + 1}");
    }

    private PostgresStatement Bind(string name, NpgsqlDbType type, object? value)
    {
        _values[_parameters[name]] = new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value };
        return this;
    }

    private NpgsqlCommand Command()
    {
        var command = new NpgsqlCommand(_sql, _connection);
        foreach (var value in _values)
        {
            command.Parameters.Add(value.Clone());
        }

        return command;
    }

    private NpgsqlBatch Batch<T>(IEnumerable<T> items, Action<Statement, T> set)
    {
        var batch = new NpgsqlBatch(_connection);
        foreach (var item in items)
        {
            set(this, item);
            var command = new NpgsqlBatchCommand(_sql);
            foreach (var value in _values)
            {
                command.Parameters.Add(value.Clone());
            }

            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    private sealed class PostgresRow(NpgsqlDataReader reader) : Row
    {
        public void Next() => Rewind();

        protected override bool IsNullAt(int column) => reader.IsDBNull(column);

        protected override string TextAt(int column) => reader.GetString(column);

        protected override long LongAt(int column) => reader.GetInt64(column);

        protected override bool FlagAt(int column) => reader.GetBoolean(column);

        protected override byte[] BytesAt(int column) => reader.GetFieldValue<byte[]>(column);
    }
}
