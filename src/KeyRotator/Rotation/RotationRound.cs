using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Rotation;

/// <summary>Carries on the open rotations that something is to be done for.</summary>
internal sealed class RotationRound(RotationDesk desk, string actor)
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly StrandedRotations _stranded = new(desk, actor);

    /// <summary>Carries on what is due, one after the other, until the time is over.</summary>
    /// <returns>How many rotations wait for an operator now.</returns>
    public async Task<int> RunAsync(TimeSpan budget, CancellationToken cancellationToken)
    {
        var startedAt = desk.Time.GetTimestamp();
        await new UnprovenDeaths(desk).SettleAsync(cancellationToken);
        foreach (var id in await DueAsync(cancellationToken))
        {
            var left = budget - desk.Time.GetElapsedTime(startedAt);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            await CarryOnAsync(id, left < s_patience ? left : s_patience, cancellationToken);
        }

        var stranded = await _stranded.CountAsync(cancellationToken);
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        return stranded + await RotationTable.WaitingForOperatorAsync(transaction, cancellationToken);
    }

    /// <summary>Takes one rotation to work on it; null where it has ended, is not there, or somebody else works on it.</summary>
    public async Task<RotationJournal?> TakeAsync(long id, CancellationToken cancellationToken)
    {
        await desk.RefreshAsync(cancellationToken);
        var now = desk.Time.GetUtcNow();
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        var lease = await RotationTable.LeaseAsync(transaction, id, now, now + RotationDesk.Lease, cancellationToken);

        // A rotation of a key that is configured no more stays as it is until the key is back: whoever knows the key may take it.
        if (lease is null || desk.Inventory.Find(lease.Rotation.KeyId) is not { } key || !Knows(lease.Rotation))
        {
            return null;
        }

        await transaction.CommitAsync(cancellationToken);
        return new RotationJournal(desk, key, lease, actor);
    }

    private bool Knows(KeyRotation rotation) => rotation.Places.All(location => desk.Stores.ContainsKey(location.Location.Store));

    private async Task CarryOnAsync(long id, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (await TakeAsync(id, cancellationToken) is not { } journal)
        {
            await _stranded.TellAsync(id, cancellationToken);
            return;
        }

        try
        {
            await new RotationRunner(desk, journal).CarryOnAsync(null, patience, cancellationToken);
        }
        catch (RotationLostException)
        {
            // Somebody else carries it on: that is all that was wanted.
        }
        finally
        {
            await journal.ReleaseAsync(CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<long>> DueAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        return await RotationTable.DueAsync(transaction, desk.Time.GetUtcNow(), MostAtOnce, cancellationToken);
    }
}
