using System.Data.Common;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace KeyRotator.State.Sqlite;

/// <summary>A connection to a database whose schema is up to date.</summary>
internal sealed class SqliteSession(SqliteConnection connection, SqliteFile file) : StateConnection
{
    private Durability _durability;

    /// <summary>Makes the transactions from now on as durable as that.</summary>
    public void Make(Durability durability)
    {
        if (durability == _durability)
        {
            return;
        }

        try
        {
            connection.Run(durability is Durability.PowerLoss ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            _durability = durability;
        }
        catch (SqliteException fault)
        {
            throw file.Explain(fault);
        }
    }

    /// <summary>Begins a transaction that sees one moment.</summary>
    public SqliteTransaction BeginRead()
    {
        try
        {
            return connection.BeginTransaction(deferred: true);
        }
        catch (SqliteException fault)
        {
            throw file.Explain(fault);
        }
    }

    /// <summary>Begins a transaction that writes, waiting while another process does. A long wait is made of short ones, so that it can be
    /// cancelled.</summary>
    public SqliteTransaction BeginWrite(CancellationToken cancellationToken)
    {
        for (var second = 1; ; second++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return connection.BeginTransaction(deferred: false);
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode == SQLITE_BUSY && second < file.LockWait)
            {
                // The connection has waited for a second already.
            }
            catch (SqliteException fault)
            {
                throw file.Explain(fault);
            }
        }
    }

    /// <inheritdoc />
    public override StateException Explain(DbException fault) => file.Explain((SqliteException)fault);

    /// <inheritdoc />
    protected override Statement Make(string sql) => new SqliteStatement(connection.Handle!, sql, file.Explain);

    /// <inheritdoc />
    protected override ValueTask CloseAsync()
    {
        // Where a disk is full, SQLite rolls back by itself. The wrapper does not know that, rolls back once more, and fails to close.
        if (connection.Handle is { } handle && sqlite3_get_autocommit(handle) != 0)
        {
            _ = sqlite3_exec(handle, "BEGIN");
        }

        return connection.DisposeAsync();
    }
}
