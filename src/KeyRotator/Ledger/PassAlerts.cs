using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>What a pass did with alerts.</summary>
/// <param name="Delivered">Messages that reached their channel.</param>
/// <param name="Waiting">Messages that wait for a later pass.</param>
internal sealed record DeliverySummary(int Delivered, int Waiting);

/// <summary>The alerts' part of a pass: ended holds, reminders, delivery, and the health of the channels themselves.</summary>
internal sealed class PassAlerts(
    StateDatabase state, Settings settings, FindingWriter findings, AlertDispatcher dispatcher, TimeProvider time)
{
    private const int RemindersAtOnce = 500;
    private readonly StateQueue _states = new(state, settings, findings, time);

    /// <summary>The longest that a finding is held back.</summary>
    public static TimeSpan LongestHold { get; } = TimeSpan.FromMinutes(30);

    /// <summary>How much longer a finding is held back while its key's provider answers nothing.</summary>
    public static TimeSpan AskAgainAfter { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time that a pass spends on delivery; the rest is the next pass's.</summary>
    public static TimeSpan Budget { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Queues what the clock brought, delivers unless told not to, and records how the channels are.</summary>
    public async Task<DeliverySummary> FinishAsync(AlertSending sending, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await QueueDueAsync(sending is AlertSending.Now ? GatherScope.Pass : GatherScope.Due, cancellationToken);
        var delivered = 0;
        if (sending is AlertSending.Now)
        {
            await _states.QueueAfterPassAsync(cancellationToken);
            delivered = await DeliverAllAsync(started, cancellationToken);
        }

        return new(delivered, await AssessChannelsAsync(cancellationToken));
    }

    // What stood behind a message that has now arrived is told too: nobody may come back for it soon.
    private async Task<int> DeliverAllAsync(long started, CancellationToken cancellationToken)
    {
        var delivered = 0;
        int sent;
        while ((sent = await DeliverAsync(Budget - time.GetElapsedTime(started), cancellationToken)) > 0)
        {
            delivered += sent;
            await QueueDueAsync(GatherScope.Pass, cancellationToken);
        }

        return delivered;
    }

    /// <summary>Delivers what is due; returns how many messages reached their channel.</summary>
    public async Task<int> DeliverAsync(TimeSpan budget, CancellationToken cancellationToken) =>
        (await dispatcher.DrainAsync(settings.Channels, budget, cancellationToken)).Delivered;

    /// <summary>Ends the holds that ran out, queues the reminders that are due, and tells the groups whose wait is over.</summary>
    public async Task QueueDueAsync(CancellationToken cancellationToken)
    {
        await QueueDueAsync(GatherScope.Due, cancellationToken);
        await _states.QueueMinuteAsync(cancellationToken);
    }

    /// <summary>Opens and resolves the findings about the channels themselves; returns how many messages wait.</summary>
    public async Task<int> AssessChannelsAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var backlogs = await OutboxTable.BacklogAsync(transaction, cancellationToken);
        var session = findings.Begin(transaction);
        foreach (var backlog in backlogs.Where(backlog => settings.Channels.ContainsKey(backlog.Channel)))
        {
            var open = await FindingTable.OpenAboutAsync(transaction, [FindingSubject.Channel(backlog.Channel)], cancellationToken);
            IReadOnlyList<FindingClaim> claims = ChannelHealth.Assess(backlog, now) is { } claim ? [claim] : [];
            var changes = FindingLedger.Compare(
                [.. open.Where(finding => finding.Key.Reason is FindingReason.AlertDeliveryFailing)], claims);
            await session.WriteAsync(changes, new FindingTerms { At = now }, cancellationToken);
        }

        await session.FlushAsync(now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (int)backlogs.Sum(backlog => backlog.Waiting);
    }

    // A provider that refused everybody and then broke down has not said of this key what it says in its right mind.
    private bool IsInDoubt(Finding finding, FindingTerms terms) =>
        terms.Status is { Verdict: Verdict.Inconclusive } && findings.Key(finding.Key.Subject) is { } key
            && terms.At < finding.OpenedAt + key.Policy.UnverifiedAfter;

    private async Task QueueDueAsync(GatherScope scope, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        var session = findings.Begin(transaction);
        var ended = await FindingTable.HeldUntilAsync(transaction, now, LongestHold, cancellationToken);
        var due = await FindingTable.DueForReminderAsync(transaction, now, RemindersAtOnce, cancellationToken);
        var keys = ended.Concat(due).Select(finding => findings.Key(finding.Key.Subject)?.Id).OfType<KeyId>().ToHashSet();
        var statuses = await KeyStatusTable.LoadAsync(transaction, keys, cancellationToken);
        foreach (var finding in ended)
        {
            var terms = Terms(finding);
            await (IsInDoubt(finding, terms)
                ? session.HoldAsync(finding, now + AskAgainAfter, cancellationToken)
                : session.ReleaseAsync(finding, terms, cancellationToken));
        }

        foreach (var finding in due)
        {
            await session.RemindAsync(finding, Terms(finding), cancellationToken);
        }

        await session.FlushAsync(now, cancellationToken);
        await session.GatherAsync(scope, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await transaction.DisposeAsync();
        await dispatcher.TidyAsync(cancellationToken);

        FindingTerms Terms(Finding finding) =>
            new() { At = now, Status = findings.Key(finding.Key.Subject) is { } key ? statuses.GetValueOrDefault(key.Id) : null };
    }
}

/// <summary>Whether alerts are sent now or only written to the outbox.</summary>
internal enum AlertSending
{
    /// <summary>Written; the next run sends them.</summary>
    Later = 0,

    /// <summary>Sent.</summary>
    Now,
}
