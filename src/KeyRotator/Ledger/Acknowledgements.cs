using KeyRotator.Audit;
using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>What operators say of open findings: that somebody looks after them, and that nobody does any more. The word and the audit's
/// row are one transaction; the last word holds.</summary>
internal sealed class Acknowledgements(StateDatabase state, FindingWriter findings, TimeProvider time)
{
    /// <summary>Puts the word in place of any before, or takes it back, for all that are chosen. Reminders that nobody was sent yet are not
    /// sent any more once somebody looks after it.</summary>
    /// <param name="choose">Takes the open findings and returns those that are meant; where it throws, nothing is changed.</param>
    /// <param name="ack">The word; null takes it back.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Those that are meant, as they were before.</returns>
    /// <exception cref="StateException">The database failed; nothing was changed.</exception>
    public async Task<IReadOnlyList<Finding>> SayAsync(
        Func<IReadOnlyList<Finding>, IReadOnlyList<Finding>> choose, Acknowledgement? ack, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var chosen = choose(await FindingTable.OpenAsync(transaction, cancellationToken));
        foreach (var finding in chosen)
        {
            await (ack is null
                ? AcknowledgementTable.ClearAsync(transaction, finding.Id, cancellationToken)
                : AcknowledgeAsync(transaction, finding, ack, cancellationToken));
            await AuditTable.AddAsync(transaction, Entry(finding, ack), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return chosen;
    }

    private async Task AcknowledgeAsync(
        StateTransaction transaction, Finding finding, Acknowledgement ack, CancellationToken cancellationToken)
    {
        await AcknowledgementTable.SetAsync(transaction, finding.Id, ack, cancellationToken);
        await AcknowledgementTable.CancelRemindersAsync(transaction, finding.Id, time.GetUtcNow(), cancellationToken);
    }

    private AuditEntry Entry(Finding finding, Acknowledgement? ack)
    {
        var isOfKey = finding.Key.Subject.Kind is SubjectKind.Key;
        var about = isOfKey ? $"{finding.Key.Reason}" : $"{finding.Key.Reason} {finding.Key.Subject.Name}";
        var why = ack?.Reason is { } reason ? $": {reason}" : "";
        return new AuditEntry
        {
            At = time.GetUtcNow(),
            Actor = state.Actor,
            Act = ack is null ? AuditActs.FindingReleased : AuditActs.FindingAcknowledged,
            TargetKind = isOfKey ? AuditActs.Key : AuditActs.Finding,
            Target = isOfKey ? finding.Key.Subject.Name : findings.Shown(finding).Id,
            Reason = ack is null ? about : FormattableString.Invariant($"{about}, until {ack.Until:yyyy-MM-dd HH:mm:ss} UTC{why}"),
        };
    }
}
