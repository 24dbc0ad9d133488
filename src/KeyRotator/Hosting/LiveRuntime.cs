using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Hosting;

/// <summary>The runtime of the configuration that is in force. A reload puts another in its place; a pass under way ends on the one it
/// began with.</summary>
internal sealed class LiveRuntime(StateDatabase state, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly InForce<PassRuntime> _runtimes = new();
    private readonly LineOutput _lines = LineOutput.StandardOutput();
    private readonly HashSet<KeyId> _unseen = [];
    private volatile IReadOnlyList<ManagedKey>? _noted;
    private Settings? _settings;

    /// <summary>The database.</summary>
    public StateDatabase State { get; } = state;

    /// <summary>The runtime in force, to work with until the lease is given back.</summary>
    /// <exception cref="InvalidOperationException">None was put in force yet.</exception>
    public Lease<PassRuntime> Rent() => _runtimes.Rent();

    /// <summary>Puts a configuration in force. Where that fails, the one before stays.</summary>
    public async Task PutInForceAsync(Settings settings, CancellationToken cancellationToken)
    {
        var runtime = new PassRuntime(settings, State, SecretStores.CreateAll(settings, time), time, loggers, _lines);
        try
        {
            await runtime.Environment.Inventories.RefreshAsync(cancellationToken);
            await NoteAsync(runtime.Inventory.Keys, cancellationToken);
            await RecordAsync(settings, cancellationToken);
        }
        catch
        {
            runtime.Dispose();
            throw;
        }

        _runtimes.Replace(runtime);
        _settings = settings;
    }

    /// <summary>The keys that are due: by their own time, and those that were never checked.</summary>
    public async Task<IReadOnlyList<ManagedKey>> DueAsync(PassRuntime runtime, CancellationToken cancellationToken)
    {
        await runtime.Suspensions.LapseAsync(cancellationToken);
        await runtime.Environment.Inventories.RefreshAsync(cancellationToken);
        var inventory = runtime.Inventory;
        if (!ReferenceEquals(_noted, inventory.Keys))
        {
            await NoteAsync(inventory.Keys, cancellationToken);
        }

        IReadOnlyList<KeyId> due;
        await using (var transaction = await State.BeginReadAsync(cancellationToken))
        {
            due = await KeyStatusTable.DueAsync(transaction, time.GetUtcNow(), int.MaxValue, cancellationToken);
        }

        lock (_lock)
        {
            return [.. due.Concat(_unseen).Distinct().Select(inventory.Find).OfType<ManagedKey>().Where(key => key.IsLookedAfter)];
        }
    }

    /// <summary>Takes note of the keys that have a status now, so that their own time counts from here on.</summary>
    public async Task CoverAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        var unseen = await UnseenAsync(keys, cancellationToken);
        lock (_lock)
        {
            _unseen.ExceptWith(keys.Where(key => !unseen.Contains(key.Id)).Select(key => key.Id));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _runtimes.Dispose();
        _lines.Dispose();
    }

    // What cannot be recorded is not put in force.
    private async Task RecordAsync(Settings settings, CancellationToken cancellationToken)
    {
        await using var transaction = await State.BeginWriteAsync(cancellationToken);
        var entry = ConfigurationAudit.Of(_settings, settings, State.Actor, time.GetUtcNow());
        await AuditTable.AddAsync(transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task NoteAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        var unseen = await UnseenAsync(keys, cancellationToken);
        lock (_lock)
        {
            _unseen.UnionWith(unseen);
        }

        _noted = keys;
    }

    private async Task<IReadOnlySet<KeyId>> UnseenAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        const int ChunkSize = 500;
        var unseen = new HashSet<KeyId>();
        await using var transaction = await State.BeginReadAsync(cancellationToken);
        foreach (var chunk in keys.Select(key => key.Id).Chunk(ChunkSize))
        {
            var known = await KeyStatusTable.TimingsAsync(transaction, chunk, cancellationToken);
            unseen.UnionWith(chunk.Where(id => known.GetValueOrDefault(id)?.NextCheckAt is null));
        }

        return unseen;
    }
}
