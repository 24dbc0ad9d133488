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
    private volatile int _replicas = 1;
    private Settings? _settings;

    /// <summary>The database.</summary>
    public StateDatabase State { get; } = state;

    /// <summary>Among how many processes what a provider may be asked is divided, this one included.</summary>
    public int Replicas
    {
        get => _replicas;
        set
        {
            _replicas = value;
            using var runtime = Rent();
            runtime.Value.Environment.Share.Replicas = value;
        }
    }

    /// <summary>The runtime in force, to work with until the lease is given back.</summary>
    /// <exception cref="InvalidOperationException">None was put in force yet.</exception>
    public Lease<PassRuntime> Rent() => _runtimes.Rent();

    /// <summary>Puts a configuration in force. Where that fails, the one before stays.</summary>
    public async Task PutInForceAsync(Settings settings, CancellationToken cancellationToken)
    {
        var runtime = new PassRuntime(settings, State, SecretStores.CreateAll(settings, time), time, loggers, _lines);
        runtime.Environment.Share.Replicas = _replicas;
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

    /// <summary>The keys of a shard that are due: by their own time, and those that were never checked.</summary>
    public async Task<IReadOnlyList<ManagedKey>> DueAsync(PassRuntime runtime, Shard shard, CancellationToken cancellationToken)
    {
        await runtime.Suspensions.LapseAsync(cancellationToken);
        await runtime.Environment.Inventories.RefreshAsync(cancellationToken);
        var inventory = runtime.Inventory;
        if (!ReferenceEquals(_noted, inventory.Keys))
        {
            await NoteAsync(inventory.Keys, cancellationToken);
        }

        // Another process may have checked them meanwhile.
        await CoverAsync(UnseenOf(inventory, shard), cancellationToken);
        IReadOnlyList<KeyId> due;
        await using (var transaction = await State.BeginReadAsync(cancellationToken))
        {
            due = await KeyStatusTable.DueAsync(transaction, time.GetUtcNow(), shard.First, shard.Last, cancellationToken);
        }

        lock (_lock)
        {
            var ids = due.Concat(_unseen.Where(shard.Has)).Distinct();
            return [.. ids.Select(inventory.Find).OfType<ManagedKey>().Where(key => key.IsLookedAfter)];
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

    private List<ManagedKey> UnseenOf(Inventory inventory, Shard shard)
    {
        lock (_lock)
        {
            return [.. _unseen.Where(shard.Has).Select(inventory.Find).OfType<ManagedKey>()];
        }
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
