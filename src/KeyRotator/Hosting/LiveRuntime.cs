using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Hosting;

/// <summary>The runtime of the configuration that is in force. A reload puts another in its place; a pass under way ends on the one it began with.</summary>
internal sealed class LiveRuntime(StateDatabase state, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<PassRuntime> _retired = [];
    private readonly HashSet<KeyId> _unseen = [];
    private PassRuntime? _current;

    /// <summary>The runtime in force.</summary>
    /// <exception cref="InvalidOperationException">None was put in force yet.</exception>
    public PassRuntime Current => Volatile.Read(ref _current) ?? throw new InvalidOperationException("No configuration is in force.");

    /// <summary>The database.</summary>
    public StateDatabase State { get; } = state;

    /// <summary>Puts a configuration in force. The one before is let go with the process: its passes may still run.</summary>
    public async Task PutInForceAsync(Settings settings, CancellationToken cancellationToken)
    {
        var stores = settings.Stores.ToDictionary(pair => pair.Key, pair => Stores.SecretStores.Create(pair.Value, time), StringComparer.OrdinalIgnoreCase);
        var next = new PassRuntime(settings, State, stores, time, loggers);
        var unseen = await UnseenAsync(settings.Keys, cancellationToken);
        lock (_lock)
        {
            if (_current is not null)
            {
                _retired.Add(_current);
            }

            _unseen.UnionWith(unseen);
            Volatile.Write(ref _current, next);
        }
    }

    /// <summary>The keys that are due: by their own time, and those that were never checked, or only by a clock that was ahead.</summary>
    public async Task<IReadOnlyList<ManagedKey>> DueAsync(PassRuntime runtime, CancellationToken cancellationToken)
    {
        IReadOnlyList<KeyId> due;
        await using (var transaction = await State.BeginReadAsync(cancellationToken))
        {
            var now = time.GetUtcNow();
            var regular = await KeyStatusTable.DueAsync(transaction, now, int.MaxValue, cancellationToken);
            due = [.. regular, .. await KeyStatusTable.AheadAsync(transaction, runtime.Settings.Providers.Keys, now, cancellationToken)];
        }

        var inventory = runtime.Inventory;
        lock (_lock)
        {
            return [.. due.Concat(_unseen).Distinct().Select(inventory.Find).OfType<ManagedKey>()];
        }
    }

    /// <summary>Takes note of the keys that have a status now, so that their own time counts from here on.</summary>
    public async Task CoverAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        var unseen = await UnseenAsync(keys, cancellationToken);
        lock (_lock)
        {
            _unseen.ExceptWith(keys.Where(key => key.Suspended || !unseen.Contains(key.Id)).Select(key => key.Id));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            _retired.ForEach(runtime => runtime.Dispose());
            _current?.Dispose();
        }
    }

    private async Task<IReadOnlySet<KeyId>> UnseenAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        const int ChunkSize = 500;
        var unseen = new HashSet<KeyId>();
        await using var transaction = await State.BeginReadAsync(cancellationToken);
        foreach (var chunk in keys.Select(key => key.Id).Chunk(ChunkSize))
        {
            var known = await KeyStatusTable.LoadAsync(transaction, chunk, cancellationToken);
            unseen.UnionWith(chunk.Where(id => known.GetValueOrDefault(id)?.NextCheckAt is null));
        }

        return unseen;
    }
}
