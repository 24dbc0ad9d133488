using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Rotation;

/// <summary>Ends what is said of rotations that ended without proof of death: once the old key is proven dead after all, once an operator
/// says so, or after a while, for nobody can prove it any more.</summary>
internal sealed class UnprovenDeaths(RotationDesk desk)
{
    /// <summary>How long it stays at most.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(30);

    /// <summary>Ends what is over. Costs one look where there is none.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        var now = desk.Time.GetUtcNow();
        var over = new List<Finding>();
        await using (var transaction = await desk.State.BeginReadAsync(cancellationToken))
        {
            foreach (var finding in await FindingTable.OpenForAsync(transaction, FindingReason.DeathUnproven, cancellationToken))
            {
                if (now - finding.OpenedAt >= Longest || await IsDeadAsync(transaction, finding, cancellationToken))
                {
                    over.Add(finding);
                }
            }
        }

        await ResolveAsync(over, null, cancellationToken);
    }

    /// <summary>An operator says that the old key of a rotation that ended so is revoked. False where nothing is open about it.</summary>
    public async Task<bool> CloseAsync(long rotation, string actor, CancellationToken cancellationToken)
    {
        List<Finding> ours;
        await using (var transaction = await desk.State.BeginReadAsync(cancellationToken))
        {
            var open = await FindingTable.OpenForAsync(transaction, FindingReason.DeathUnproven, cancellationToken);
            ours = [.. open.Where(finding => NumberOf(finding) == rotation)];
        }

        var told = new RotationEvent(desk.Time.GetUtcNow(), actor, "Said that the old key is revoked; nobody proved it.");
        await ResolveAsync(ours, told, cancellationToken);
        return ours.Count > 0;
    }

    private async Task ResolveAsync(List<Finding> findings, RotationEvent? told, CancellationToken cancellationToken)
    {
        if (findings.Count == 0)
        {
            return;
        }

        var now = desk.Time.GetUtcNow();
        await using var transaction = await desk.State.BeginWriteAsync(cancellationToken);
        var session = desk.Findings.Begin(transaction);
        await session.WriteAsync(FindingLedger.Compare(findings, []), new FindingTerms { At = now }, cancellationToken);
        if (told is not null && NumberOf(findings[0]) is { } rotation)
        {
            await RotationEventTable.AddAsync(transaction, rotation, told, cancellationToken);
        }

        await session.FlushAsync(now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<bool> IsDeadAsync(StateTransaction transaction, Finding finding, CancellationToken cancellationToken)
    {
        if (NumberOf(finding) is not { } id || await RotationTable.FindAsync(transaction, id, cancellationToken) is not { } rotation)
        {
            return false;
        }

        var versions = await KeyVersionTable.OfAsync(transaction, rotation.KeyId, cancellationToken);
        return versions.Any(version => version.Fingerprint == rotation.OldFingerprint && version.ProvenDeadAt is not null);
    }

    private static long? NumberOf(Finding finding) => RotationMark.NumberOf(finding.Key.Mark);
}
