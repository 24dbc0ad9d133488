using KeyRotator.Audit;
using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>Looks after the audit itself: at each start what came since the last look, once a day the whole chain. A broken one is a
/// finding.</summary>
internal sealed class AuditWatch(StateDatabase state, FindingWriter findings, TimeProvider time)
{
    private const int PageSize = 1000;

    /// <summary>Time between looks at the whole chain.</summary>
    public static TimeSpan WholeEvery { get; } = TimeSpan.FromDays(1);

    /// <summary>Looks, and opens or resolves the finding. Only a look at the whole chain resolves it.</summary>
    /// <returns>The first broken link, or null.</returns>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<AuditBreak?> LookAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Seen seen;
        IReadOnlyList<Finding> open;
        ProvenAudit? proven;
        await using (var transaction = await state.BeginReadAsync(cancellationToken))
        {
            open = await OpenAsync(transaction, cancellationToken);
            proven = await AuditProofTable.LoadAsync(transaction, cancellationToken);
            seen = await SeeAsync(transaction, proven, open.Count > 0, now, cancellationToken);
        }

        var isNews = (seen.Break is null) == (open.Count > 0) || (seen.Break is null && seen.Proven is { } after && after != proven);
        if (isNews)
        {
            await RecordAsync(seen, now, cancellationToken);
        }

        return seen.Break;
    }

    /// <summary>Goes along the whole chain.</summary>
    /// <param name="transaction">One moment.</param>
    /// <param name="known">A head that was seen before, or null.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<AuditWalk> WalkAsync(
        StateTransaction transaction, AuditHead? known, CancellationToken cancellationToken)
    {
        var walk = new AuditWalk(await AuditTable.CheckpointAsync(transaction, cancellationToken), known);
        await GoAsync(transaction, walk, long.MinValue, cancellationToken);
        walk.Finish();
        return walk;
    }

    private static async Task GoAsync(StateTransaction transaction, AuditWalk walk, long after, CancellationToken cancellationToken)
    {
        while (await AuditTable.PageAsync(transaction, after, PageSize, cancellationToken) is [.., var last] page)
        {
            foreach (var row in page)
            {
                walk.Next(row);
            }

            after = last.Sequence;
        }
    }

    // A clock that was set back does not put the next look at the whole chain off.
    private static async Task<Seen> SeeAsync(
        StateTransaction transaction, ProvenAudit? proven, bool isBroken, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var checkpoint = await AuditTable.CheckpointAsync(transaction, cancellationToken);
        if (proven is null || isBroken || proven.WholeAt > now || now - proven.WholeAt >= WholeEvery
            || checkpoint?.Sequence >= proven.Head.Sequence)
        {
            var whole = await WalkAsync(transaction, proven?.Head, cancellationToken);
            return new(whole.Break, whole.Last is { } last ? new(last, now) : null);
        }

        var walk = new AuditWalk(proven.Head, null);
        if (await AuditTable.PageAsync(transaction, proven.Head.Sequence - 1, 1, cancellationToken) is not [var row]
            || row.Sequence != proven.Head.Sequence || row.Hash != proven.Head.Hash)
        {
            var what = FormattableString.Invariant($"row {proven.Head.Sequence}, which was there before, is gone or another one");
            return new(new(proven.Head.Sequence, what), null);
        }

        await GoAsync(transaction, walk, proven.Head.Sequence, cancellationToken);
        return new(walk.Break, proven with { Head = walk.Last ?? proven.Head });
    }

    private async Task RecordAsync(Seen seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        if (seen is { Break: null, Proven: { } proven })
        {
            await AuditProofTable.SaveAsync(transaction, proven, cancellationToken);
        }

        var session = findings.Begin(transaction);
        IReadOnlyList<FindingClaim> claims = seen.Break is { } broken ? [Claim(broken)] : [];
        var changes = FindingLedger.Compare(await OpenAsync(transaction, cancellationToken), claims);
        await session.WriteAsync(changes, new FindingTerms { At = now }, cancellationToken);
        await session.FlushAsync(now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static FindingClaim Claim(AuditBreak broken) => new()
    {
        Key = new(FindingSubject.Audit, FindingReason.AuditBroken, 0, ""),
        Severity = FindingCatalog.DefaultSeverity(FindingReason.AuditBroken),
        Message =
            $"The audit's chain is broken: {broken.What}. Somebody changed the database past KeyRotator, or the file is damaged. Keep a "
            + "copy of it before anything else; `keyrotator audit verify --head SEQ:HASH`, with the head of an earlier digest, tells up to "
            + "where it can be trusted.",
    };

    private static async Task<IReadOnlyList<Finding>> OpenAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        await FindingTable.OpenAboutAsync(transaction, [FindingSubject.Audit], cancellationToken);

    private sealed record Seen(AuditBreak? Break, ProvenAudit? Proven);
}
