using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Rotation;

/// <summary>Open rotations whose key or store was taken out of the configuration: they are told of, and can be given up. No store is
/// touched for them.</summary>
internal sealed class StrandedRotations(RotationDesk desk, string actor)
{
    /// <summary>They are looked at again after that.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromHours(1);

    /// <summary>Tells of a rotation that is due and stranded. Another process may know its key, where the configuration is being rolled
    /// out: it gets a while to take it.</summary>
    public async Task TellAsync(long id, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        if (await RotationTable.FindAsync(transaction, id, cancellationToken) is not { } seen || Why(seen) is not { } why
            || now - (seen.NextAt ?? seen.SubmittedAt) < RotationClaims.StalledAfter
            || await LeaseAsync(transaction, id, now, cancellationToken) is not { } lease)
        {
            return;
        }

        var next = lease with { Rotation = lease.Rotation with { NextAt = now + Pause } };
        await RotationTable.SaveAsync(transaction, next, now, cancellationToken);
        await WriteAsync(transaction, lease.Rotation, RotationClaims.OfStranded(lease.Rotation, why), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>How many are told of.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        var open = await FindingTable.OpenForAsync(transaction, FindingReason.RotationStalled, cancellationToken);
        var count = 0;
        foreach (var id in open.Select(finding => RotationMark.NumberOf(finding.Key.Mark)).OfType<long>())
        {
            var isStranded = await RotationTable.FindAsync(transaction, id, cancellationToken) is { Needs: null } rotation
                && Why(rotation) is not null;
            count += isStranded ? 1 : 0;
        }

        return count;
    }

    /// <summary>Gives a stranded rotation up where it stands; returns it at its end. Null where it is not stranded, or somebody works on
    /// it.</summary>
    public async Task<KeyRotation?> AbandonAsync(long id, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        if (await RotationTable.FindAsync(transaction, id, cancellationToken) is not { } seen || Why(seen) is null
            || await LeaseAsync(transaction, id, now, cancellationToken) is not { Rotation: var rotation } lease)
        {
            return null;
        }

        var given = RotationActs.Leave(rotation, now);
        var act = new RotationAct(now, desk.State.Actor, $"{actor}: {given.Outcome}") { IsDecision = true };
        await RotationTable.SaveAsync(transaction, lease with { Rotation = given }, now, cancellationToken);
        await RotationEventTable.AddAsync(transaction, id, new(now, actor, act.What!), cancellationToken);
        foreach (var entry in RotationAudit.Of(rotation, given, act))
        {
            await AuditTable.AddAsync(transaction, entry, cancellationToken);
        }

        await WriteAsync(transaction, given, RotationClaims.OfStranded(given, ""), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return given;
    }

    private string? Why(KeyRotation rotation) =>
        Stranding.Why(rotation, desk.Inventory, desk.Stores.Keys.ToHashSet(StringComparer.Ordinal));

    private static Task<RotationLease?> LeaseAsync(
        StateTransaction transaction, long id, DateTimeOffset now, CancellationToken cancellationToken) =>
        RotationTable.LeaseAsync(transaction, id, now, now + RotationDesk.Lease, cancellationToken);

    private async Task WriteAsync(
        StateTransaction transaction, KeyRotation rotation, IReadOnlyList<FindingClaim> claims, CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var session = desk.Findings.Begin(transaction);
        var open = await FindingTable.OpenAboutAsync(transaction, [FindingSubject.Key(rotation.KeyId.Value)], cancellationToken);
        var ours = open.Where(finding => finding.Key.Mark == RotationClaims.Mark(rotation)).ToList();
        await session.WriteAsync(FindingLedger.Compare(ours, claims), new FindingTerms { At = now }, cancellationToken);
        await session.FlushAsync(now, cancellationToken);
    }
}
