using System.Data.Common;

namespace KeyRotator.State;

/// <summary>A connection with the statements prepared on it. Serves one transaction at a time.</summary>
internal sealed class StateConnection(DbConnection connection, Func<DbException, StateException> explain) : IAsyncDisposable
{
    private readonly Dictionary<string, Statement> _statements = [];

    /// <summary>The connection below.</summary>
    public DbConnection Connection => connection;

    /// <summary>The statement for a text, made at its first use. Texts are few: none holds a value.</summary>
    public Statement Prepare(string sql, DbTransaction transaction)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var command = connection.CreateCommand();
            command.CommandText = sql;
            statement = new Statement(command, explain);
            _statements.Add(sql, statement);
        }

        return statement.Within(transaction);
    }

    /// <summary>What a fault means for the operator.</summary>
    public StateException Explain(DbException fault) => explain(fault);

    public async ValueTask DisposeAsync()
    {
        foreach (var statement in _statements.Values)
        {
            await statement.DisposeAsync();
        }

        await connection.DisposeAsync();
    }
}
