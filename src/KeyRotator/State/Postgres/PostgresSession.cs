using System.Data;
using System.Data.Common;
using Npgsql;

namespace KeyRotator.State.Postgres;

/// <summary>A connection to a database whose schema is up to date.</summary>
/// <param name="connection">The open connection.</param>
/// <param name="address">Where to.</param>
/// <param name="trips">Counts how often the server is asked.</param>
internal sealed class PostgresSession(NpgsqlConnection connection, PostgresAddress address, RoundTrips trips) : StateConnection
{
    /// <summary>Whether it still serves.</summary>
    public bool IsOpen => connection.FullState is ConnectionState.Open;

    /// <summary>Whether the server took no writes here: it is a standby now, and so are the others that were opened before.</summary>
    public bool IsReadOnly { get; private set; }

    /// <summary>Begins a transaction that sees one moment.</summary>
    public Task<NpgsqlTransaction> BeginReadAsync(CancellationToken cancellationToken) =>
        BeginAsync(
            IsolationLevel.RepeatableRead,
            batch =>
            {
                batch.Add(new("SET TRANSACTION READ ONLY"));
                batch.Add(new(PostgresSource.IsStandby));
            },
            cancellationToken);

    /// <summary>Begins a transaction that writes, waiting while another one does, in whichever process.</summary>
    /// <param name="writing">Number of the lock that writers of this schema take.</param>
    /// <param name="durability">What its commit must survive.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<NpgsqlTransaction> BeginWriteAsync(long writing, Durability durability, CancellationToken cancellationToken) => BeginAsync(
        IsolationLevel.ReadCommitted,
        batch =>
        {
            var number = new NpgsqlParameter<long> { TypedValue = writing };
            batch.Add(new("SELECT pg_advisory_xact_lock($1)") { Parameters = { number } });
            if (durability is Durability.ProcessEnd)
            {
                batch.Add(new("SET LOCAL synchronous_commit = off"));
            }
        },
        cancellationToken);

    /// <inheritdoc />
    public override StateException Explain(DbException fault)
    {
        IsReadOnly |= fault is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };
        return PostgresFaults.Explain(address, fault);
    }

    /// <inheritdoc />
    public override StateException ExplainCommit(DbException fault) => PostgresFaults.ExplainCommit(address, fault);

    /// <inheritdoc />
    protected override Statement Make(string sql) => new PostgresStatement(connection, sql, trips, Explain);

    /// <inheritdoc />
    protected override ValueTask CloseAsync() => connection.DisposeAsync();

    // The server is asked something at once: whoever gets the transaction knows that the connection lives.
    private async Task<NpgsqlTransaction> BeginAsync(
        IsolationLevel isolation, Action<NpgsqlBatchCommandCollection> first, CancellationToken cancellationToken)
    {
        NpgsqlTransaction? transaction = null;
        try
        {
            transaction = await connection.BeginTransactionAsync(isolation, cancellationToken);
            await using var batch = new NpgsqlBatch(connection, transaction);
            first(batch.BatchCommands);
            trips.Add();
            if (await AnyTrueAsync(batch, cancellationToken))
            {
                throw PostgresSource.TakesNoWrites();
            }

            return transaction;
        }
        catch (Exception fault)
        {
            await GiveUpAsync(transaction);
            if (fault is NpgsqlException known)
            {
                throw Explain(known);
            }

            throw;
        }
    }

    private static async Task<bool> AnyTrueAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var isTrue = false;
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                isTrue |= reader.GetValue(0) is true;
            }
        }
        while (await reader.NextResultAsync(cancellationToken));

        return isTrue;
    }

    private static async Task GiveUpAsync(NpgsqlTransaction? transaction)
    {
        if (transaction is null)
        {
            return;
        }

        try
        {
            await transaction.DisposeAsync();
        }
        catch (NpgsqlException)
        {
            // The connection is gone, and the transaction with it.
        }
    }
}
