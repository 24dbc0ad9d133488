using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>Changes of the ledger within one transaction. What they tell is composed once, at the end, so that many can be told in one
/// message.</summary>
internal sealed class LedgerSession(StateTransaction transaction, FindingWriter writer, AlertComposer composer)
{
    private readonly List<FindingEvent> _events = [];

    /// <summary>The transaction.</summary>
    public StateTransaction Transaction { get; } = transaction;

    /// <summary>Applies the changes of one subject's findings.</summary>
    public async Task WriteAsync(IReadOnlyList<FindingChange> changes, FindingTerms terms, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
        {
            await (change switch
            {
                { Claim: { } claim, Finding: null } => OpenAsync(claim, terms, cancellationToken),
                { Claim: { } claim, Finding: { } finding } => ContinueAsync(change.Kind, finding, claim, terms, cancellationToken),
                { Finding: { } finding } => ResolveAsync(finding, terms, cancellationToken),
                _ => Task.CompletedTask,
            });
        }
    }

    /// <summary>Holds back a finding that nobody was told of yet.</summary>
    public async Task HoldAsync(Finding finding, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await FindingTable.UpdateAsync(Transaction, finding with { HeldUntil = until }, cancellationToken);
        await OutboxTable.HoldAsync(Transaction, [finding.Id], until, cancellationToken);
    }

    /// <summary>Ends a hold: the finding counts from now on, and is told of.</summary>
    public async Task ReleaseAsync(Finding finding, FindingTerms terms, CancellationToken cancellationToken)
    {
        var released = finding with { HeldUntil = null, RemindAt = writer.RemindAt(finding.Key.Subject, finding.Severity, terms.At) };
        await FindingTable.UpdateAsync(Transaction, released, cancellationToken);
        await OutboxTable.HoldAsync(Transaction, [finding.Id], terms.At, cancellationToken);

        // What was told before the hold waited for the end of its pass: by a clock that was set back since, that lies hours ahead.
        await OutboxTable.ExpediteAsync(Transaction, [finding.Id], terms.At, cancellationToken);
        Tell(released, FindingEventKind.Opened, terms);
    }

    /// <summary>Ends findings of a key that is held from now on. Who was told of one is told that it was withdrawn: nobody says that its
    /// cause is gone.</summary>
    public async Task WithdrawAsync(
        IEnumerable<Finding> findings, Suspension held, FindingTerms terms, CancellationToken cancellationToken)
    {
        foreach (var finding in findings)
        {
            var message = $"{finding.Message} Withdrawn, not fixed: the key was {held.Words}";
            await EndAsync(finding with { Message = message }, FindingEventKind.Withdrawn, terms, cancellationToken);
        }
    }

    /// <summary>Brings an open finding to mind again.</summary>
    public async Task RemindAsync(Finding finding, FindingTerms terms, CancellationToken cancellationToken)
    {
        Tell(await AcknowledgementTable.LapseAsync(Transaction, finding, cancellationToken), FindingEventKind.ReminderDue, terms);
        var next = finding with { RemindAt = writer.RemindAt(finding.Key.Subject, finding.Severity, terms.At) };
        await FindingTable.UpdateAsync(Transaction, next, cancellationToken);
    }

    /// <summary>Resolves the findings about keys and channels that are configured no more, and about instances and stores that no key needs
    /// any more: nobody asks those, so nothing else would end them.</summary>
    public async Task ResolveOrphansAsync(Settings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var needed = writer.Inventory.Keys.Where(key => key.IsLookedAfter).ToList();
        var instances = needed.Select(key => key.Provider).ToHashSet(StringComparer.Ordinal);
        var stores = needed.SelectMany(key => key.Locations).Select(location => location.Store).ToHashSet(StringComparer.Ordinal);
        foreach (var finding in await FindingTable.OpenAsync(Transaction, cancellationToken))
        {
            var subject = finding.Key.Subject;
            var isKnown = subject.Kind switch
            {
                SubjectKind.Key => writer.Key(subject) is not null || await IsOfOpenRotationAsync(finding, cancellationToken),
                SubjectKind.Provider => instances.Contains(subject.Name),
                SubjectKind.Store => finding.Key.Mark.Length == 0
                    ? stores.Contains(subject.Name)
                    : settings.Stores.GetValueOrDefault(subject.Name)?.Discover is not null,
                SubjectKind.Audit => true,
                _ => settings.Channels.ContainsKey(subject.Name),
            };
            if (!isKnown)
            {
                await ResolveAsync(finding, new FindingTerms { At = now }, cancellationToken);
            }
        }
    }

    // What a rotation says stands as long as it is open, also where its key was taken out of the configuration.
    private async Task<bool> IsOfOpenRotationAsync(Finding finding, CancellationToken cancellationToken) =>
        RotationMark.NumberOf(finding.Key.Mark) is { } id
            && await RotationTable.FindAsync(Transaction, id, cancellationToken) is { EndedAt: null };

    /// <summary>Puts into the outbox what there is to tell.</summary>
    public async Task FlushAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_events.Count > 0)
        {
            await SilencedMessages.EnqueueAsync(Transaction, composer.Compose(_events, now), now, cancellationToken);
            _events.Clear();
        }
    }

    /// <summary>Makes messages of what gathered, and of what waited for a silence that is over.</summary>
    public async Task GatherAsync(GatherScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await SilencedMessages.ReleaseAsync(Transaction, now, cancellationToken);
        await new AlertGathering(Transaction, composer).FlushAsync(scope, now, cancellationToken);
    }

    private async Task OpenAsync(FindingClaim claim, FindingTerms terms, CancellationToken cancellationToken)
    {
        var heldUntil = claim.Key.Reason is FindingReason.KeyRejected ? terms.RejectedHeldUntil : null;
        var remindAt = writer.RemindAt(claim.Key.Subject, claim.Severity, terms.At);
        var finding = await FindingTable.InsertAsync(Transaction, claim, terms.At, heldUntil, remindAt, cancellationToken);
        if (finding.HeldUntil is null)
        {
            Tell(finding, FindingEventKind.Opened, terms);
        }
    }

    private async Task ContinueAsync(
        FindingChangeKind kind, Finding finding, FindingClaim claim, FindingTerms terms, CancellationToken cancellationToken)
    {
        var isSame = kind is FindingChangeKind.Kept && finding.Severity == claim.Severity && finding.Message == claim.Message
            && finding.Rung == claim.Rung;
        if (isSame)
        {
            return;
        }

        var isTold = kind is FindingChangeKind.Escalated or FindingChangeKind.RungReached && finding.HeldUntil is null;
        var continued = finding with
        {
            Severity = claim.Severity,
            Message = claim.Message,
            Rung = claim.Rung,
            RemindAt = isTold
                || finding.Severity != claim.Severity ? writer.RemindAt(claim.Key.Subject, claim.Severity, terms.At) : finding.RemindAt,
        };
        await FindingTable.UpdateAsync(Transaction, continued, cancellationToken);
        if (kind is FindingChangeKind.Escalated or FindingChangeKind.RungReached)
        {
            // Whoever looks after it said so of something that mattered less.
            await AcknowledgementTable.ClearAsync(Transaction, finding.Id, cancellationToken);
        }

        if (isTold)
        {
            Tell(continued, kind is FindingChangeKind.RungReached ? FindingEventKind.RungReached : FindingEventKind.SeverityGrew, terms);
        }
    }

    private Task ResolveAsync(Finding finding, FindingTerms terms, CancellationToken cancellationToken) =>
        EndAsync(finding, FindingEventKind.Resolved, terms, cancellationToken);

    private async Task EndAsync(Finding finding, FindingEventKind kind, FindingTerms terms, CancellationToken cancellationToken)
    {
        // What was to be told of it in this very transaction is not worth telling any more.
        _events.RemoveAll(change => change.Finding.Id == finding.Id);
        var resolved = finding with { ResolvedAt = terms.At, HeldUntil = null, RemindAt = null };
        await FindingTable.UpdateAsync(Transaction, resolved, cancellationToken);
        var told = await OutboxTable.CancelUntoldAsync(Transaction, finding.Id, terms.At, cancellationToken);
        if (told.Count > 0)
        {
            _events.Add(
                new FindingEvent(resolved, kind, writer.Facts(finding.Key, terms)) { Told = [.. told] });
        }
    }

    private void Tell(Finding finding, FindingEventKind kind, FindingTerms terms)
    {
        var notBefore = kind is FindingEventKind.Opened && finding.Key.Reason is FindingReason.KeyRejected ? terms.RejectedNotBefore : null;
        _events.Add(new FindingEvent(finding, kind, writer.Facts(finding.Key, terms)) { NotBefore = notBefore });
    }
}
