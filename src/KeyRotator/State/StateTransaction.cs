using System.Data.Common;

namespace KeyRotator.State;

/// <summary>One transaction. Disposed without <see cref="CommitAsync"/> it leaves nothing behind.</summary>
public sealed class StateTransaction : IAsyncDisposable
{
    internal StateTransaction(DbConnection connection, DbTransaction transaction)
    {
        Connection = connection;
        Transaction = transaction;
    }

    internal DbConnection Connection { get; }

    internal DbTransaction Transaction { get; }

    /// <summary>Makes everything in it durable at once.</summary>
    /// <exception cref="StateException">It could not be made durable: nothing of it is.</exception>
    public Task CommitAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
