using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace KeyRotator.State.Sqlite;

/// <summary>SQLite: one connection that writes, any number that read, and one writer at a time in the process, in the order of asking.</summary>
internal sealed class SqliteEngine : IAsyncDisposable
{
    private readonly SqliteFile _file;
    private readonly int _lockWait;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentBag<StateConnection> _readers = [];
    private StateConnection? _writer;
    private volatile bool _disposed;

    private SqliteEngine(SqliteFile file, SqliteConnection writer, int lockWait)
    {
        _file = file;
        _lockWait = lockWait;
        _writer = Wrap(writer);
    }

    /// <summary>Opens a file, or memory where the path is null, and brings its schema up to date.</summary>
    public static SqliteEngine Open(string? path, SqliteSettings settings, DateTimeOffset now)
    {
        SystemSqlite.Load();
        var file = new SqliteFile(path, settings);
        file.Create();
        SqliteConnection? connection = null;
        try
        {
            connection = file.Connect();
            new SqliteSchema(settings.Migrations).BringUpToDate(connection, file, now);
            return new SqliteEngine(file, connection, settings.LockWait);
        }
        catch (SqliteException fault)
        {
            connection?.Dispose();
            throw file.Explain(fault);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Starts a transaction that may write.</summary>
    public async Task<StateTransaction> BeginWriteAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var writer = _writer ??= Wrap(_file.Connect());
            return new StateTransaction(writer, Lock((SqliteConnection)writer.Connection, cancellationToken), GiveWriterBackAsync);
        }
        catch (SqliteException fault)
        {
            _writing.Release();
            throw _file.Explain(fault);
        }
        catch
        {
            _writing.Release();
            throw;
        }
    }

    /// <summary>Starts a transaction that sees one moment.</summary>
    public async Task<StateTransaction> BeginReadAsync(CancellationToken cancellationToken)
    {
        if (_file.IsInMemory)
        {
            // A database in memory is its one connection.
            return await BeginWriteAsync(cancellationToken);
        }

        try
        {
            var reader = _readers.TryTake(out var idle) ? idle : OpenReader();
            return new StateTransaction(reader, ((SqliteConnection)reader.Connection).BeginTransaction(deferred: true), GiveReaderBackAsync);
        }
        catch (SqliteException fault)
        {
            throw _file.Explain(fault);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync(CancellationToken.None);
        _disposed = true;
        while (_readers.TryTake(out var reader))
        {
            await reader.DisposeAsync();
        }

        await (_writer?.DisposeAsync() ?? ValueTask.CompletedTask);
        _writing.Dispose();
    }

    private SqliteTransaction Lock(SqliteConnection connection, CancellationToken cancellationToken)
    {
        for (var second = 1; ; second++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return connection.BeginTransaction(deferred: false);
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode == SQLITE_BUSY && second < _lockWait)
            {
                // Another process writes: the connection has waited a second already.
            }
        }
    }

    private StateConnection OpenReader()
    {
        var connection = _file.Connect();
        connection.Run("PRAGMA query_only = ON");
        return Wrap(connection);
    }

    private StateConnection Wrap(SqliteConnection connection) => new(connection, fault => _file.Explain((SqliteException)fault));

    private async ValueTask GiveWriterBackAsync(StateConnection writer, bool isGood)
    {
        if (!isGood)
        {
            _writer = null;
            await writer.DisposeAsync();
        }

        _writing.Release();
    }

    private async ValueTask GiveReaderBackAsync(StateConnection reader, bool isGood)
    {
        if (isGood && !_disposed)
        {
            _readers.Add(reader);
            return;
        }

        await reader.DisposeAsync();
    }
}
