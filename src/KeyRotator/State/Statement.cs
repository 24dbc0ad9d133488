using System.Data.Common;
using System.Text.RegularExpressions;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>A prepared statement, used again and again on its connection. Parameters keep their value until they are set anew.</summary>
/// <remarks>In place of an object mapper: rows are read and written by hand, which is as short here, starts faster and binds prepared.</remarks>
internal sealed partial class Statement : IAsyncDisposable
{
    private readonly DbCommand _command;
    private readonly Func<DbException, StateException> _explain;
    private readonly Dictionary<string, DbParameter> _parameters = [];

    /// <summary>Takes the command, which becomes its own. Parameters are the names in the text that start with <c>@</c>.</summary>
    public Statement(DbCommand command, Func<DbException, StateException> explain)
    {
        _command = command;
        _explain = explain;
        foreach (var name in Names().EnumerateMatches(command.CommandText))
        {
            Declare(command.CommandText.Substring(name.Index, name.Length));
        }
    }

    public Statement Within(DbTransaction transaction)
    {
        _command.Transaction = transaction;
        return this;
    }

    public Statement Set(string name, string? value) => SetObject(name, value);

    public Statement Set(string name, long? value) => SetObject(name, value);

    public Statement Set(string name, bool value) => SetObject(name, value);

    public Statement Set(string name, byte[] value) => SetObject(name, value);

    public Statement Set(string name, DateTimeOffset? value) => SetObject(name, value?.UtcTicks);

    public Statement Set(string name, Fingerprint? value) => SetObject(name, value?.Hex);

    public Statement Set<TEnum>(string name, TEnum value)
        where TEnum : struct, Enum => SetObject(name, value.ToString());

    /// <summary>Runs it; returns how many rows it changed.</summary>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (DbException fault)
        {
            throw _explain(fault);
        }
    }

    /// <summary>Runs it; returns its rows.</summary>
    public async Task<List<T>> ReadAsync<T>(Func<Row, T> map, CancellationToken cancellationToken)
    {
        try
        {
            await using var reader = await _command.ExecuteReaderAsync(cancellationToken);
            var row = new Row(reader);
            var rows = new List<T>();
            while (await row.NextAsync(cancellationToken))
            {
                rows.Add(map(row));
            }

            return rows;
        }
        catch (DbException fault)
        {
            throw _explain(fault);
        }
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private void Declare(string name)
    {
        if (_parameters.ContainsKey(name))
        {
            return;
        }

        var parameter = _command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = DBNull.Value;
        _command.Parameters.Add(parameter);
        _parameters.Add(name, parameter);
    }

    private Statement SetObject(string name, object? value)
    {
        _parameters[name].Value = value ?? DBNull.Value;
        return this;
    }

    [GeneratedRegex("@[a-z_0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
