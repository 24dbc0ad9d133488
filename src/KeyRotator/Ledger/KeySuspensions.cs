using KeyRotator.Audit;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>What operators decide about keys: that one is held, and that it is held no more. The decision, the key's state, its findings
/// and the audit's row are one transaction.</summary>
internal sealed class KeySuspensions(StateDatabase state, FindingWriter findings, TimeProvider time)
{
    /// <summary>Whether a finding is about the key itself, and not about a rotation of it: a rotation goes on while its key is
    /// held.</summary>
    public static bool IsOfKey(FindingKey finding) => finding switch
    {
        {
            Reason: FindingReason.RotationStalled or FindingReason.OldKeyAlive or FindingReason.RevocationDue or FindingReason.OldKeyInUse
                or FindingReason.DeathUnproven or FindingReason.ApprovalWaiting
        } => false,
        { Reason: FindingReason.ForeignChange, Mark.Length: > 0 } => false,
        _ => true,
    };

    /// <summary>Holds all of the keys, or none of them.</summary>
    /// <returns>Those that an operator holds already: then nothing was changed.</returns>
    /// <exception cref="StateException">The database failed; nothing was changed.</exception>
    public async Task<IReadOnlyDictionary<KeyId, Suspension>> SuspendAsync(
        IReadOnlyList<ManagedKey> keys, Suspension suspension, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var held = await SuspensionTable.OfAsync(transaction, keys.Select(key => key.Id), cancellationToken);
        if (held.Count > 0)
        {
            return held;
        }

        var statuses = await KeyStatusTable.LoadAsync(transaction, [.. keys.Select(key => key.Id)], cancellationToken);
        var session = findings.Begin(transaction);
        foreach (var key in keys)
        {
            await SuspendAsync(session, key, statuses.GetValueOrDefault(key.Id), suspension, cancellationToken);
        }

        await session.FlushAsync(time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return held;
    }

    /// <summary>Lets go of all of the keys, or of none of them.</summary>
    /// <returns>Those that no operator holds: then nothing was changed.</returns>
    /// <exception cref="StateException">The database failed; nothing was changed.</exception>
    public async Task<IReadOnlyList<ManagedKey>> ResumeAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var held = await SuspensionTable.OfAsync(transaction, keys.Select(key => key.Id), cancellationToken);
        List<ManagedKey> free = [.. keys.Where(key => !held.ContainsKey(key.Id))];
        if (free.Count > 0)
        {
            return free;
        }

        foreach (var key in keys)
        {
            await ResumeAsync(transaction, key.Id, "An operator said so.", cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return [];
    }

    /// <summary>Lets go of the keys whose time is over. Costs one look where there is none.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="StateException">The database failed; nothing was changed.</exception>
    public async Task<int> LapseAsync(CancellationToken cancellationToken)
    {
        await using (var look = await state.BeginReadAsync(cancellationToken))
        {
            if ((await SuspensionTable.OverAsync(look, time.GetUtcNow(), cancellationToken)).Count == 0)
            {
                return 0;
            }
        }

        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var over = await SuspensionTable.OverAsync(transaction, time.GetUtcNow(), cancellationToken);
        foreach (var (key, suspension) in over)
        {
            var why = FormattableString.Invariant($"It was suspended until {suspension.Until:yyyy-MM-dd HH:mm:ss} UTC.");
            await ResumeAsync(transaction, key, why, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return over.Count;
    }

    private async Task SuspendAsync(
        LedgerSession session, ManagedKey key, KeyStatus? status, Suspension suspension, CancellationToken cancellationToken)
    {
        var now = suspension.Since ?? time.GetUtcNow();
        await SuspensionTable.AddAsync(session.Transaction, key.Id, suspension, cancellationToken);
        if (status is not null)
        {
            var move = new KeyTransition(
                null, KeyState.Suspended, now, suspension.By ?? state.Actor.Name, $"suspended: {suspension.Reason}");
            await KeyStates.SettleAsync(session.Transaction, status, move, cancellationToken);
        }

        var open = await FindingTable.OpenAboutAsync(session.Transaction, [FindingSubject.Key(key.Id.Value)], cancellationToken);
        var terms = new FindingTerms { At = now, Status = status };
        await session.WithdrawAsync(open.Where(finding => IsOfKey(finding.Key)), suspension, terms, cancellationToken);
        var until = suspension.Until is { } end ? FormattableString.Invariant($" (until {end:yyyy-MM-dd HH:mm:ss} UTC)") : "";
        await RecordAsync(session.Transaction, key.Id, AuditActs.KeySuspended, $"{suspension.Reason}{until}", cancellationToken);
    }

    private async Task ResumeAsync(StateTransaction transaction, KeyId key, string why, CancellationToken cancellationToken)
    {
        await SuspensionTable.RemoveAsync(transaction, key, cancellationToken);
        await RecordAsync(transaction, key, AuditActs.KeyResumed, why, cancellationToken);
        var now = time.GetUtcNow();
        var status = (await KeyStatusTable.LoadAsync(transaction, [key], cancellationToken)).GetValueOrDefault(key);

        // Where the configuration holds it as well, it stays where it is.
        if (status is not null && findings.Inventory.Find(key)?.HeldBy(null) is not { Suspended: true })
        {
            var move = new KeyTransition(null, KeyState.Active, now, state.Actor.Name, "resumed");
            await KeyStates.SettleAsync(transaction, status, move, cancellationToken);
            await KeyStatusTable.WakeAsync(transaction, key, now, cancellationToken);
        }
    }

    private Task<AuditHead> RecordAsync(
        StateTransaction transaction, KeyId key, string act, string reason, CancellationToken cancellationToken)
    {
        var entry = new AuditEntry
        {
            At = time.GetUtcNow(),
            Actor = state.Actor,
            Act = act,
            TargetKind = AuditActs.Key,
            Target = key.Value,
            Reason = reason,
        };
        return AuditTable.AddAsync(transaction, entry, cancellationToken);
    }
}
