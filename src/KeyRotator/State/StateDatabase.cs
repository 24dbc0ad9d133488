using KeyRotator.Audit;
using KeyRotator.Secrets;
using KeyRotator.State.Postgres;
using KeyRotator.State.Sqlite;

namespace KeyRotator.State;

/// <summary>The database that holds what was observed. Opened once a process; safe for use from many threads; any number of processes may
/// share it.</summary>
public sealed class StateDatabase : IAsyncDisposable
{
    private readonly StateEngine _engine;

    private StateDatabase(StateEngine engine, Installation installation)
    {
        _engine = engine;
        InstallationId = installation.Id;
        Fingerprinter = new Fingerprinter(installation.Salt);
    }

    /// <summary>Names this installation in marks and alerts; made once, with the database.</summary>
    public string InstallationId { get; }

    /// <summary>Makes fingerprints under the installation's salt, which is made once, with the database.</summary>
    public Fingerprinter Fingerprinter { get; }

    /// <summary>Whether PostgreSQL keeps it; else SQLite does.</summary>
    internal bool IsServer => _engine is PostgresEngine;

    /// <summary>Who works with it, as the audit names them: set once, where the process knows.</summary>
    public AuditActor Actor { get; internal set; } = AuditActor.Unnamed;

    /// <summary>Opens the file, making it and bringing its schema up to date where needed; a null path keeps state in memory.</summary>
    /// <exception cref="StateException">It cannot be used; the message says why and what to do. Nothing was changed.</exception>
    public static Task<StateDatabase> OpenAsync(string? path, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(path, time, new SqliteSettings(), cancellationToken);

    /// <summary>Connects to a database of PostgreSQL, making its tables or bringing them up to date where needed.</summary>
    /// <exception cref="StateException">It cannot be used; the message says why and what to do. Nothing was changed.</exception>
    public static Task<StateDatabase> ConnectAsync(PostgresAddress address, TimeProvider time, CancellationToken cancellationToken) =>
        ConnectAsync(address, time, new PostgresSettings(), cancellationToken);

    internal static Task<StateDatabase> OpenAsync(
        string? path, TimeProvider time, SqliteSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(time);
        return OpenAsync(SqliteEngine.Open(path, settings, time.GetUtcNow()), cancellationToken);
    }

    internal static async Task<StateDatabase> ConnectAsync(
        PostgresAddress address, TimeProvider time, PostgresSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(time);
        var engine = await PostgresEngine.OpenAsync(address, settings, time.GetUtcNow(), cancellationToken);
        return await OpenAsync(engine, cancellationToken);
    }

    private static async Task<StateDatabase> OpenAsync(StateEngine engine, CancellationToken cancellationToken)
    {
        try
        {
            return new StateDatabase(engine, await InstallationTable.LoadAsync(engine, cancellationToken));
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a transaction that may write. Only one runs at a time over all processes; others wait. Transactions are not nested:
    /// finish one before the next.</summary>
    /// <exception cref="StateException">The database stayed locked, or failed.</exception>
    public Task<StateTransaction> BeginWriteAsync(CancellationToken cancellationToken) =>
        _engine.BeginWriteAsync(Durability.PowerLoss, cancellationToken);

    /// <summary>The same, with a commit that survives only what is said.</summary>
    internal Task<StateTransaction> BeginWriteAsync(Durability durability, CancellationToken cancellationToken) =>
        _engine.BeginWriteAsync(durability, cancellationToken);

    /// <summary>The make of the database: <c>sqlite</c> or <c>postgresql</c>.</summary>
    internal string EngineName => _engine is PostgresEngine ? "postgresql" : "sqlite";

    /// <summary>How often a server was asked so far; 0 where there is none.</summary>
    internal long RoundTrips => (_engine as PostgresEngine)?.Trips.Count ?? 0;

    /// <summary>Tells that messages were committed by this process.</summary>
    internal OutboxSignal Messages => _engine.Messages;

    /// <summary>Starts a transaction that sees one moment and writes nothing.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public Task<StateTransaction> BeginReadAsync(CancellationToken cancellationToken) => _engine.BeginReadAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
