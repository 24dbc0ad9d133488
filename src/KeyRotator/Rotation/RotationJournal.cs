using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Rotation;

/// <summary>One leased rotation and its record: every step is here before it has its effect, and after.</summary>
internal sealed class RotationJournal(RotationDesk desk, ManagedKey key, RotationLease lease, string actor)
{
    /// <summary>As it stands.</summary>
    public KeyRotation Rotation { get; private set; } = lease.Rotation;

    /// <summary>The key that it is about.</summary>
    public ManagedKey Key => key;

    /// <summary>Told of every event that is recorded.</summary>
    public Action<RotationEvent>? Told { get; set; }

    /// <summary>Records the next state, what happened, and what is wrong now, in one transaction; keeps the lease.</summary>
    /// <exception cref="RotationLostException">Somebody else works on it now: nothing was recorded.</exception>
    /// <exception cref="StateException">The database failed: nothing was recorded.</exception>
    public Task SaveAsync(KeyRotation next, string? what, CancellationToken cancellationToken) =>
        SaveAsync(next, what, _ => Task.CompletedTask, cancellationToken);

    /// <summary>The same, with more in the transaction.</summary>
    /// <exception cref="RotationLostException">Somebody else works on it now: nothing was recorded.</exception>
    /// <exception cref="StateException">The database failed: nothing was recorded.</exception>
    public Task SaveAsync(KeyRotation next, string? what, Func<StateTransaction, Task> more, CancellationToken cancellationToken) =>
        SaveAsync(next, new RotationAct(desk.Time.GetUtcNow(), desk.State.Actor, what), more, cancellationToken);

    /// <summary>Records what an operator decided.</summary>
    /// <exception cref="RotationLostException">Somebody else works on it now: nothing was recorded.</exception>
    /// <exception cref="StateException">The database failed: nothing was recorded.</exception>
    public Task DecideAsync(KeyRotation next, string what, CancellationToken cancellationToken)
    {
        var act = new RotationAct(desk.Time.GetUtcNow(), desk.State.Actor, what) { IsDecision = true };
        return SaveAsync(next, act, _ => Task.CompletedTask, cancellationToken);
    }

    /// <summary>Records a location's next state.</summary>
    /// <exception cref="RotationLostException">Somebody else works on it now: nothing was recorded.</exception>
    /// <exception cref="StateException">The database failed: nothing was recorded.</exception>
    public Task SaveAsync(RotationLocation next, string? what, CancellationToken cancellationToken) =>
        SaveAsync(Rotation.With(next), what, cancellationToken);

    /// <summary>Ends a sync whose value does not do any more: nobody is asked to decide, for the next one begins with what is there
    /// then.</summary>
    /// <exception cref="RotationLostException">Somebody else works on it now: nothing was recorded.</exception>
    /// <exception cref="StateException">The database failed: nothing was recorded.</exception>
    public Task EndSyncAsync(string why, CancellationToken cancellationToken)
    {
        var hasWritten = Rotation.Locations.Any(location => location.Attempt > 0);
        var phase = hasWritten ? RotationPhase.Abandoned : RotationPhase.Refused;
        var what = hasWritten ? why : $"{why} Nothing was changed.";
        return SaveAsync(Rotation.EndedAs(phase, what, desk.Time.GetUtcNow()), what, cancellationToken);
    }

    /// <summary>Takes the lock on a location's secret, or keeps it. False where another rotation writes that secret now.</summary>
    public async Task<bool> LockAsync(RotationLocation location, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var wanted = new SecretLock(location.Location.Store, location.Location.Name, Rotation.Id);
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        var taken = await SecretLockTable.TakeAsync(transaction, wanted, now, now + RotationDesk.Lease, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return taken;
    }

    /// <summary>Lets go of the locks on secrets.</summary>
    public async Task UnlockAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        await SecretLockTable.ReleaseAsync(transaction, Rotation.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Lets go of the rotation: whoever comes next carries it on.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        if (await RotationTable.ReleaseAsync(transaction, lease, cancellationToken))
        {
            await SecretLockTable.ReleaseAsync(transaction, Rotation.Id, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task SaveAsync(
        KeyRotation next, RotationAct act, Func<StateTransaction, Task> more, CancellationToken cancellationToken)
    {
        var (now, what) = (act.At, act.What);
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        if (!await RotationTable.SaveAsync(transaction, lease with { Rotation = next }, now + RotationDesk.Lease, cancellationToken))
        {
            throw new RotationLostException(next.Id);
        }

        var told = what is null ? null : new RotationEvent(now, actor, what);
        if (told is not null)
        {
            await RotationEventTable.AddAsync(transaction, next.Id, told, cancellationToken);
        }

        foreach (var entry in RotationAudit.Of(Rotation, next, act))
        {
            await AuditTable.AddAsync(transaction, entry, cancellationToken);
        }

        await WriteFindingsAsync(transaction, next, now, cancellationToken);
        await more(transaction);
        await transaction.CommitAsync(cancellationToken);
        Rotation = next;
        if (told is not null)
        {
            Told?.Invoke(told);
        }
    }

    private async Task WriteFindingsAsync(
        StateTransaction transaction, KeyRotation next, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var session = desk.Findings.Begin(transaction);
        var open = await FindingTable.OpenAboutAsync(transaction, [FindingSubject.Key(next.KeyId.Value)], cancellationToken);
        var ours = open.Where(finding => finding.Key.Mark == RotationClaims.Mark(next)).ToList();
        var changes = FindingLedger.Compare(ours, RotationClaims.Of(next, key, desk.Settings.RevokeUrl(key), now));
        await session.WriteAsync(changes, new FindingTerms { At = now }, cancellationToken);
        await session.FlushAsync(now, cancellationToken);
    }
}

/// <summary>Somebody else works on the rotation now: what the loser holds is out of date, and it writes no more.</summary>
/// <param name="id">The rotation's number.</param>
internal sealed class RotationLostException(long id)
    : Exception(FormattableString.Invariant($"Somebody else works on rotation {id} now; nothing more was done here."));
