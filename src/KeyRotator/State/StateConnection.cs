using System.Data.Common;

namespace KeyRotator.State;

/// <summary>A connection with the statements prepared on it. Serves one transaction at a time.</summary>
internal abstract class StateConnection : IAsyncDisposable
{
    private readonly Dictionary<string, Statement> _statements = [];

    /// <summary>Every text that was prepared.</summary>
    public IReadOnlyCollection<string> Texts => _statements.Keys;

    /// <summary>The statement for a text, made at its first use. Texts are few: none holds a value.</summary>
    public Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = Make(sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>What a fault means for the operator.</summary>
    public abstract StateException Explain(DbException fault);

    /// <summary>The same for a fault of a commit.</summary>
    public virtual StateException ExplainCommit(DbException fault) => Explain(fault);

    public ValueTask DisposeAsync()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        return CloseAsync();
    }

    protected abstract Statement Make(string sql);

    protected abstract ValueTask CloseAsync();
}
