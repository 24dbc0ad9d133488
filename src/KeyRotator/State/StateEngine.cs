namespace KeyRotator.State;

/// <summary>A database of one make. Safe for use from many threads; any number of processes may share what it keeps.</summary>
internal abstract class StateEngine : IAsyncDisposable
{
    /// <summary>Tells that messages were committed by this process.</summary>
    public OutboxSignal Messages { get; } = new();

    /// <summary>Starts a transaction that may write, once no other one does, in whichever process.</summary>
    /// <exception cref="StateException">The database stayed locked, or failed.</exception>
    public abstract Task<StateTransaction> BeginWriteAsync(Durability durability, CancellationToken cancellationToken);

    /// <summary>Starts a transaction that sees one moment and writes nothing.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public abstract Task<StateTransaction> BeginReadAsync(CancellationToken cancellationToken);

    /// <summary>Closes what is idle. A transaction that is under way closes its connection when it ends.</summary>
    public abstract ValueTask DisposeAsync();
}
