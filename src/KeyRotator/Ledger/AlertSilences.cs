using KeyRotator.Alerts;
using KeyRotator.Audit;
using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>What operators decide nobody wants to hear of for a while. The decision, what it does to messages that wait, and the audit's
/// row are one transaction.</summary>
internal sealed class AlertSilences(StateDatabase state, FindingWriter findings, TimeProvider time)
{
    /// <summary>The longest silence.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(30);

    /// <summary>Makes one. What waits and was never tried waits for its end from now on.</summary>
    /// <exception cref="StateException">The database failed; nothing was changed.</exception>
    public async Task<MadeSilence> MakeAsync(Silence silence, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var made = await SilenceTable.AddAsync(transaction, silence, cancellationToken);
        await SilencedMessages.AlignAsync(transaction, time.GetUtcNow(), cancellationToken);
        var what = FormattableString.Invariant(
            $"{string.Join(' ', made.Matches)}, until {made.Until:yyyy-MM-dd HH:mm:ss} UTC: {made.Reason}");
        await RecordAsync(transaction, made.Id, AuditActs.SilenceMade, what, cancellationToken);
        var open = await FindingTable.OpenAsync(transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(made, open, [.. open.Where(finding => made.Covers(findings.Shown(finding)))]);
    }

    /// <summary>Ends silences before their time. What waited is told, unless another silence keeps it.</summary>
    /// <param name="ids">Their numbers.</param>
    /// <param name="judge">Takes each number with its silence, or null where there is none; where it throws, nothing is changed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StateException">The database failed; nothing was changed.</exception>
    public async Task EndAsync(
        IReadOnlyList<long> ids, Action<IReadOnlyList<(long Id, Silence? Silence)>> judge, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var found = new List<(long, Silence?)>();
        foreach (var id in ids)
        {
            found.Add((id, await SilenceTable.FindAsync(transaction, id, cancellationToken)));
        }

        judge(found);
        foreach (var id in ids)
        {
            await SilenceTable.EndAsync(transaction, id, state.Actor.Name, now, cancellationToken);
            await RecordAsync(transaction, id, AuditActs.SilenceEnded, "An operator said so.", cancellationToken);
        }

        await SilencedMessages.AlignAsync(transaction, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The silences, the newest first: those that hold, or all that are kept.</summary>
    public async Task<IReadOnlyList<Silence>> ListAsync(bool all, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginReadAsync(cancellationToken);
        var silences = await SilenceTable.AllAsync(transaction, cancellationToken);
        var now = time.GetUtcNow();
        return all ? silences : [.. silences.Where(silence => silence.Holds(now))];
    }

    private Task<AuditHead> RecordAsync(
        StateTransaction transaction, long id, string act, string reason, CancellationToken cancellationToken)
    {
        var entry = new AuditEntry
        {
            At = time.GetUtcNow(),
            Actor = state.Actor,
            Act = act,
            TargetKind = AuditActs.Silence,
            Target = FormattableString.Invariant($"{id}"),
            Reason = reason,
        };
        return AuditTable.AddAsync(transaction, entry, cancellationToken);
    }
}

/// <summary>A silence that was made.</summary>
/// <param name="Silence">It, with its number.</param>
/// <param name="Open">All that is open, the worst first.</param>
/// <param name="Covered">What of it the silence covers.</param>
internal sealed record MadeSilence(Silence Silence, IReadOnlyList<Finding> Open, IReadOnlyList<Finding> Covered)
{
    /// <summary>How many critical findings are open, where it covers every one of them; else 0.</summary>
    public int AllCritical => Open.Count(finding => finding.Severity is Severity.Critical) is var critical
        && critical == Covered.Count(finding => finding.Severity is Severity.Critical) ? critical : 0;
}
