using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace KeyRotator.State.Sqlite;

/// <summary>SQLite: one connection that writes, any number that read, and one writer at a time in the process, in the order of
/// asking.</summary>
internal sealed class SqliteEngine : StateEngine
{
    private readonly SqliteFile _file;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private SqliteSession? _writer;
    private volatile bool _disposed;

    private SqliteEngine(SqliteFile file, SqliteSession writer)
    {
        _file = file;
        _writer = writer;
    }

    /// <summary>Opens a file, or memory where the path is null, and brings its schema up to date.</summary>
    /// <exception cref="StateException">It cannot be used. Nothing was changed.</exception>
    public static SqliteEngine Open(string? path, SqliteSettings settings, DateTimeOffset now)
    {
        SystemSqlite.Load();
        var file = new SqliteFile(path, settings);
        file.Create();
        return new(file, file.Open(connection =>
        {
            new SqliteSchema(settings.Migrations).BringUpToDate(connection, file, now);
            SetUpWriter(connection);
        }));
    }

    /// <inheritdoc />
    public override async Task<StateTransaction> BeginWriteAsync(Durability durability, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _writer ??= _file.Open(SetUpWriter);
            _writer.Make(durability);
            return new StateTransaction(_writer, _writer.BeginWrite(cancellationToken), GiveWriterBackAsync) { Messages = Messages };
        }
        catch
        {
            _writing.Release();
            throw;
        }
    }

    /// <inheritdoc />
    public override Task<StateTransaction> BeginReadAsync(CancellationToken cancellationToken)
    {
        if (_file.IsInMemory)
        {
            // A database in memory is its one connection.
            return BeginWriteAsync(Durability.ProcessEnd, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        var reader = _readers.TryTake(out var idle) ? idle : _file.Open(connection => connection.Run("PRAGMA query_only = ON"));
        return Task.FromResult(new StateTransaction(reader, reader.BeginRead(), GiveReaderBackAsync));
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        _disposed = true;
        while (_readers.TryTake(out var reader))
        {
            await reader.DisposeAsync();
        }

        if (_writer is { } writer && await _writing.WaitAsync(TimeSpan.Zero, CancellationToken.None))
        {
            await GiveWriterBackAsync(writer, isGood: false);
        }
    }

    // A writer waits in steps of a second, so that its waiting can be cancelled.
    private static void SetUpWriter(SqliteConnection connection) => connection.SetWait(1);

    private async ValueTask GiveWriterBackAsync(StateConnection writer, bool isGood)
    {
        try
        {
            if (!isGood || _disposed)
            {
                _writer = null;
                await writer.DisposeAsync();
            }
        }
        finally
        {
            _writing.Release(); // whatever becomes of one connection, the next one may write
        }
    }

    private async ValueTask GiveReaderBackAsync(StateConnection reader, bool isGood)
    {
        if (isGood && !_disposed)
        {
            _readers.Add((SqliteSession)reader);
            return;
        }

        await reader.DisposeAsync();
    }
}
