using KeyRotator.Alerts;
using KeyRotator.Audit;
using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>Makes messages of what gathered: one a group, without what an open outage explains. All in the caller's transaction.</summary>
internal sealed class AlertGathering(StateTransaction transaction, AlertComposer composer)
{
    /// <summary>How soon what an outage explains is looked at again.</summary>
    public static TimeSpan LookAgainAfter { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Tells the groups that may be told now.</summary>
    public async Task FlushAsync(GatherScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var groups = await OutboxGroupTable.DueAsync(transaction, scope, now, cancellationToken);
        if (groups.Count == 0)
        {
            return;
        }

        var causes = await CausesAsync(cancellationToken);
        var audit = await AuditTable.HeadAsync(transaction, cancellationToken);
        foreach (var group in groups)
        {
            var ready = await OutboxGroupTable.ReadyAsync(transaction, group, now, cancellationToken);
            var heldBack = ready.Where(message => Inhibition.HoldsBack(message, causes, now)).Select(message => message.Sequence)
                .ToHashSet();
            await OutboxGroupTable.PostponeAsync(transaction, heldBack, now + LookAgainAfter, cancellationToken);
            await TellAsync(group, [.. ready.Where(message => !heldBack.Contains(message.Sequence))], audit, now, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<Finding>> CausesAsync(CancellationToken cancellationToken)
    {
        var causes = new List<Finding>();
        foreach (var reason in Inhibition.Causes)
        {
            causes.AddRange(await FindingTable.OpenForAsync(transaction, reason, cancellationToken));
        }

        return causes;
    }

    private async Task TellAsync(
        MessageGroup group,
        IReadOnlyList<GatheredMessage> messages,
        AuditHead? audit,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var newest = GroupPlan.Newest(messages);
        var told = newest.Select(message => message.Sequence).ToHashSet();
        var superseded = messages.Select(message => message.Sequence).Where(row => !told.Contains(row));
        await OutboxGroupTable.CloseAsync(transaction, superseded, GatheredEnd.Superseded, now, cancellationToken);
        var plan = await PlanAsync(group, newest, cancellationToken);
        foreach (var planned in plan)
        {
            await WriteAsync(group.Channel, planned, audit, now, cancellationToken);
        }

        if (plan.Any(planned => planned.Kind is not PlannedKind.Folded))
        {
            await OutboxGroupTable.NoteToldAsync(transaction, group, now, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<PlannedMessage>> PlanAsync(
        MessageGroup group, IReadOnlyList<GatheredMessage> messages, CancellationToken cancellationToken)
    {
        if (!composer.KeepsIncidents(group.Channel))
        {
            return GroupPlan.Messages(messages);
        }

        var over = new HashSet<string>(StringComparer.Ordinal);
        foreach (var incident in messages.Select(message => message.Incident).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (await OutboxGroupTable.OpenMembersAsync(transaction, group.Channel, incident, cancellationToken) == 0)
            {
                over.Add(incident);
            }
        }

        return GroupPlan.Incidents(messages, over.Contains);
    }

    private async Task WriteAsync(
        string channel, PlannedMessage planned, AuditHead? audit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = planned.Entries.Select(entry => entry.Sequence).ToList();
        switch (planned.Kind)
        {
            case PlannedKind.Alone:
                await OutboxGroupTable.ReleaseAsync(transaction, rows[0], now, cancellationToken);
                break;
            case PlannedKind.Folded:
                await OutboxGroupTable.CloseAsync(transaction, rows, GatheredEnd.Folded, now, cancellationToken);
                break;
            default:
                var named = await OutboxGroupTable.ContentAsync(transaction, rows.Take(AlertComposer.MaxDigest), cancellationToken);
                var message = composer.Together(channel, planned, named, now, audit);
                await OutboxTable.EnqueueAsync(transaction, [message], cancellationToken);
                await OutboxGroupTable.CloseAsync(transaction, rows, GatheredEnd.Digested, now, cancellationToken);
                if (planned.Incident is null && message.Alert.Incident is { } incident)
                {
                    await OutboxGroupTable.JoinAsync(transaction, channel, incident, message.Digested, cancellationToken);
                }

                break;
        }
    }
}
