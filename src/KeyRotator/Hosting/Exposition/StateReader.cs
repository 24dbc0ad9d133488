using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Reads from the database what metrics tell: keys in pages, each in a transaction of its own, so that none is long.</summary>
internal sealed class StateReader(StateDatabase state, TimeProvider time)
{
    private const int PageSize = 512;

    /// <summary>Reads it all.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<StateFigures> ReadAsync(Inventory inventory, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var pages = new List<KeyRow[]>();
        foreach (var page in inventory.Keys.Chunk(PageSize))
        {
            pages.Add(await PageAsync(page, cancellationToken));
        }

        var figures = await RestAsync(pages, cancellationToken);
        return figures with { Duration = time.GetElapsedTime(began) };
    }

    private async Task<KeyRow[]> PageAsync(ManagedKey[] keys, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginReadAsync(cancellationToken);
        var seen = await FigureTable.KeysAsync(transaction, keys.Select(key => key.Id), cancellationToken);
        var rotated = await FigureTable.RotatedAsync(transaction, keys.Select(key => key.Id), cancellationToken);
        return
        [
            .. keys.Select(key => KeyRow.Of(
                key,
                seen.TryGetValue(key.Id, out var figures) ? figures : null,
                rotated.TryGetValue(key.Id, out var at) ? at : null)),
        ];
    }

    private async Task<StateFigures> RestAsync(IReadOnlyList<KeyRow[]> keys, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await state.BeginReadAsync(cancellationToken);
        return new()
        {
            Keys = keys,
            Findings = await FigureTable.FindingsAsync(transaction, now, cancellationToken),
            OpenFindings = await FigureTable.OpenSinceAsync(transaction, now, cancellationToken),
            Rotations = await FigureTable.RotationsAsync(transaction, cancellationToken),
            Waiting = await RotationTable.WaitingForOperatorAsync(transaction, cancellationToken),
            Instances = await FigureTable.InstancesAsync(transaction, cancellationToken),
            Jobs = await FigureTable.JobsAsync(transaction, cancellationToken),
            Channels = await OutboxTable.BacklogAsync(transaction, cancellationToken),
            Heartbeat = await HeartbeatTable.FindAsync(transaction, cancellationToken),
            Audit = await AuditTable.HeadAsync(transaction, cancellationToken),
        };
    }
}
