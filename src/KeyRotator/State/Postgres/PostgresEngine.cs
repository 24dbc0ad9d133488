using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace KeyRotator.State.Postgres;

/// <summary>PostgreSQL: one writer at a time over all processes, as with SQLite, and a few readers at once in each.</summary>
/// <remarks>What is decided in a transaction rests on what it read. With one writer at a time that needs no retries and no table of who may
/// collide with whom; passes write in batches, so that the lock is free most of the time.</remarks>
internal sealed class PostgresEngine : StateEngine
{
    private const int MostReaders = 8;

    private readonly PostgresAddress _address;
    private readonly string _patience;
    private readonly NpgsqlDataSource _source;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _reading = new(MostReaders, MostReaders);
    private readonly ConcurrentBag<PostgresSession> _idle = [];
    private readonly long _writers;
    private volatile bool _disposed;

    private PostgresEngine(PostgresAddress address, PostgresSettings settings, NpgsqlDataSource source, long writers)
    {
        _patience = string.Create(
            CultureInfo.InvariantCulture,
            $"SET lock_timeout = {settings.LockWait.TotalMilliseconds}; "
            + $"SET idle_in_transaction_session_timeout = {settings.StillLimit.TotalMilliseconds}");
        _address = address;
        _source = source;
        _writers = writers;
    }

    /// <summary>How often the server was asked.</summary>
    public RoundTrips Trips { get; } = new();

    /// <summary>Connects, and brings the schema up to date.</summary>
    /// <exception cref="StateException">It cannot be used. Nothing was changed.</exception>
    public static async Task<PostgresEngine> OpenAsync(
        PostgresAddress address, PostgresSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        NpgsqlDataSource? source = null;
        try
        {
            source = PostgresSource.Create(address, MostReaders + 1, settings.AnswerWait);
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            var schema = new PostgresSchema(address, settings.Migrations);
            return new(address, settings, source, await schema.BringUpToDateAsync(connection, now, cancellationToken));
        }
        catch (NpgsqlException fault)
        {
            await CloseAsync(source);
            throw PostgresFaults.Explain(address, fault);
        }
        catch
        {
            await CloseAsync(source);
            throw;
        }
    }

    /// <inheritdoc />
    public override async Task<StateTransaction> BeginWriteAsync(Durability durability, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            return await BeginAsync(
                async session =>
                {
                    var transaction = await session.BeginWriteAsync(_writers, durability, cancellationToken);
                    return new StateTransaction(session, transaction, Back(_writing)) { Messages = Messages };
                },
                cancellationToken);
        }
        catch
        {
            _writing.Release();
            throw;
        }
    }

    /// <inheritdoc />
    public override async Task<StateTransaction> BeginReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return await BeginAsync(
                async session => new StateTransaction(session, await session.BeginReadAsync(cancellationToken), Back(_reading)),
                cancellationToken);
        }
        catch
        {
            _reading.Release();
            throw;
        }
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        _disposed = true;
        await ForgetIdleAsync();
        await _source.DisposeAsync();
    }

    private static async ValueTask CloseAsync(NpgsqlDataSource? source)
    {
        if (source is not null)
        {
            await source.DisposeAsync();
        }
    }

    // A connection that lay idle may be gone without our knowing, with all the others, when the server was restarted. Nothing was done on
    // it yet, so that another one may begin in its place.
    private async Task<StateTransaction> BeginAsync(
        Func<PostgresSession, Task<StateTransaction>> begin, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_idle.TryTake(out var idle))
        {
            try
            {
                return await begin(idle);
            }
            catch (StateException) when (!idle.IsOpen || idle.IsReadOnly)
            {
                if (idle.IsReadOnly)
                {
                    _source.Clear(); // what is given back is closed, not kept
                }

                await idle.DisposeAsync();
                await ForgetIdleAsync();
            }
            catch
            {
                await idle.DisposeAsync();
                throw;
            }
        }

        var session = await ConnectAsync(cancellationToken);
        try
        {
            return await begin(session);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private async Task<PostgresSession> ConnectAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await _source.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(_patience, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return new(connection, _address, Trips);
        }
        catch (Exception fault)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            if (fault is NpgsqlException known)
            {
                throw PostgresFaults.Explain(_address, known);
            }

            throw;
        }
    }

    private Func<StateConnection, bool, ValueTask> Back(SemaphoreSlim place) => async (connection, isGood) =>
    {
        var session = (PostgresSession)connection;
        if (session.IsReadOnly)
        {
            _source.Clear(); // what is given back is closed, not kept
            await ForgetIdleAsync();
        }

        if (isGood && session is { IsOpen: true, IsReadOnly: false } && !_disposed)
        {
            _idle.Add(session);
        }
        else
        {
            await session.DisposeAsync();
        }

        place.Release();
    };

    private async ValueTask ForgetIdleAsync()
    {
        while (_idle.TryTake(out var session))
        {
            await session.DisposeAsync();
        }
    }
}
