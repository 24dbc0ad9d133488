using System.Data.Common;

namespace KeyRotator.State;

/// <summary>One transaction. Disposed without <see cref="CommitAsync"/> it leaves nothing behind. Not for use by two threads at
/// once.</summary>
public sealed class StateTransaction : IAsyncDisposable
{
    private readonly StateConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly Func<StateConnection, bool, ValueTask> _giveBack;
    private bool _disposed;
    private bool _hasMessages;

    /// <summary>Takes a connection for as long as the transaction lasts.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="transaction">The transaction begun on it.</param>
    /// <param name="giveBack">Takes the connection back, and whether it is still good.</param>
    internal StateTransaction(StateConnection connection, DbTransaction transaction, Func<StateConnection, bool, ValueTask> giveBack)
    {
        _connection = connection;
        _transaction = transaction;
        _giveBack = giveBack;
    }

    /// <summary>Makes everything in it durable at once.</summary>
    /// <exception cref="StateException">It could not be made durable: nothing of it is. Where a server went away meanwhile, that is not
    /// known, and the message says so.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _transaction.CommitAsync(cancellationToken);
        }
        catch (DbException fault)
        {
            throw _connection.ExplainCommit(fault);
        }

        if (_hasMessages)
        {
            Messages?.Set();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _giveBack(_connection, await EndAsync());
    }

    /// <summary>Who is told once messages are committed, or null.</summary>
    internal OutboxSignal? Messages { get; init; }

    /// <summary>Takes note that it adds messages.</summary>
    internal void NoteMessages() => _hasMessages = true;

    /// <summary>Every text that was prepared on its connection.</summary>
    internal IReadOnlyCollection<string> Texts => _connection.Texts;

    /// <summary>The prepared statement for a text.</summary>
    internal Statement Prepare(string sql) => _connection.Prepare(sql);

    private async Task<bool> EndAsync()
    {
        try
        {
            await _transaction.DisposeAsync();
            return true;
        }
        catch (DbException)
        {
            // It rolls back by itself when its connection is closed.
            return false;
        }
    }
}
