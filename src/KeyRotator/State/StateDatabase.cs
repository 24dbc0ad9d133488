using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>The database that holds what was observed. Opened once a process; safe for use from many threads; any number of processes may share it.</summary>
public sealed class StateDatabase : IAsyncDisposable
{
    private StateDatabase()
    {
    }

    /// <summary>Names this installation in marks and alerts; made once, with the database.</summary>
    public string InstallationId => throw new NotImplementedException();

    /// <summary>Makes fingerprints under the installation's salt, which is made once, with the database.</summary>
    public Fingerprinter Fingerprinter => throw new NotImplementedException();

    /// <summary>Opens the file, making it and bringing its schema up to date where needed; a null path keeps state in memory.</summary>
    /// <exception cref="StateException">It cannot be used; the message says why and what to do. Nothing was changed.</exception>
    public static Task<StateDatabase> OpenAsync(string? path, TimeProvider time, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Starts a transaction that may write. Only one runs at a time over all processes; others wait.</summary>
    /// <exception cref="StateException">The database stayed locked, or failed.</exception>
    public Task<StateTransaction> BeginWriteAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Starts a transaction that sees one moment and writes nothing.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public Task<StateTransaction> BeginReadAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
