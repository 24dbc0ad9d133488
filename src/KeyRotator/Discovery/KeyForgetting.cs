using KeyRotator.Audit;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Discovery;

/// <summary>Lets discovered keys go that are gone: their findings end and are told to be over, and what was known of them is
/// removed.</summary>
internal sealed class KeyForgetting(Settings settings, StateDatabase state, Inventory inventory, TimeProvider time)
{
    /// <summary>Forgets all of the keys in one transaction, or none of them.</summary>
    /// <returns>Those that are not gone, or not any more: then nothing was forgotten.</returns>
    /// <exception cref="StateException">The database failed; nothing was forgotten.</exception>
    public async Task<IReadOnlyList<ManagedKey>> ForgetAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var refused = new List<ManagedKey>();
        var session = new FindingWriter(settings, inventory, state.InstallationId).Begin(transaction);
        foreach (var key in keys)
        {
            if (await GoneAsync(transaction, key, cancellationToken) is not { } known)
            {
                refused.Add(key);
                continue;
            }

            await EndAsync(session, key, cancellationToken);
            await DiscoveredKeyTable.RemoveAsync(transaction, known.Id, cancellationToken);
            await DiscoveryTable.ReviseAsync(transaction, known.Location.Store, cancellationToken);
        }

        if (refused.Count > 0)
        {
            return refused;
        }

        await session.FlushAsync(time.GetUtcNow(), cancellationToken);
        var statuses = await KeyStatusTable.LoadAsync(transaction, keys.Select(key => key.Id).ToList(), cancellationToken);
        foreach (var key in keys)
        {
            await RecordAsync(transaction, key, statuses.GetValueOrDefault(key.Id), cancellationToken);
            await KeyStatusTable.ForgetAsync(transaction, key.Id, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return [];
    }

    private Task<AuditHead> RecordAsync(
        StateTransaction transaction, ManagedKey key, KeyStatus? status, CancellationToken cancellationToken)
    {
        var entry = new AuditEntry
        {
            At = time.GetUtcNow(),
            Actor = state.Actor,
            Act = AuditActs.KeyForgotten,
            TargetKind = AuditActs.Key,
            Target = key.Id.Value,
            Reason = $"Found by tag once, and gone from {key.Primary}.",
            Old = status?.Fingerprint,
        };
        return AuditTable.AddAsync(transaction, entry, cancellationToken);
    }

    private static async Task<DiscoveredKey?> GoneAsync(
        StateTransaction transaction, ManagedKey key, CancellationToken cancellationToken)
    {
        var named = await DiscoveredKeyTable.NamedAsync(transaction, key.Primary.Store, [key.Primary.Name], cancellationToken);
        return named.FirstOrDefault(known => known.Location == key.Primary && known.GoneSince is not null);
    }

    private async Task EndAsync(LedgerSession session, ManagedKey key, CancellationToken cancellationToken)
    {
        var subject = FindingSubject.Key(key.Id.Value);
        var open = await FindingTable.OpenAboutAsync(session.Transaction, [subject], cancellationToken);
        await session.WriteAsync(FindingLedger.Compare(open, []), new FindingTerms { At = time.GetUtcNow() }, cancellationToken);
    }
}
