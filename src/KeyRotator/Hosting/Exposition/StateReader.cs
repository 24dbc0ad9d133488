using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Reads from the database what metrics tell: keys in pages, each in a transaction of its own, so that none is long.</summary>
internal sealed class StateReader(StateDatabase state, TimeProvider time)
{
    private const int PageSize = 512;

    /// <summary>Reads what is known of keys.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<KeyPages> KeysAsync(Inventory inventory, CancellationToken cancellationToken)
    {
        var (began, at) = (time.GetTimestamp(), time.GetUtcNow());
        var pages = new List<KeyRow[]>();
        foreach (var page in inventory.Keys.Chunk(PageSize))
        {
            pages.Add(await PageAsync(page, cancellationToken));
        }

        return new(pages, at, time.GetElapsedTime(began));
    }

    /// <summary>Reads the rest, which does not grow with the number of keys.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<StateFigures> RestAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await state.BeginReadAsync(cancellationToken);
        return new()
        {
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
}
