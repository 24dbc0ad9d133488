using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>What would be told to whom, from what is recorded: of every open finding, and of all that waits. Reads only.</summary>
internal sealed class AlertPreview(StateDatabase state, Settings settings, FindingWriter findings, TimeProvider time)
{
    /// <summary>One line for each finding and channel, the worst first, then what else waits.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<IReadOnlyList<PreviewLine>> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await state.BeginReadAsync(cancellationToken);
        var open = await FindingTable.OpenAsync(transaction, cancellationToken);
        var keys = open.Select(finding => findings.Key(finding.Key.Subject)?.Id).OfType<KeyId>().ToHashSet();
        var waiting = await QueuedMessages.AllAsync(transaction, cancellationToken);
        var backlogs = await OutboxTable.BacklogAsync(transaction, cancellationToken);
        var facts = new PreviewFacts
        {
            Now = now,
            Open = open,
            Attention = await FindingAttention.ReadAsync(transaction, findings, now, cancellationToken),
            Silences = (await SilenceTable.LiveAsync(transaction, now, cancellationToken)).ToDictionary(silence => silence.Id),
            Statuses = await KeyStatusTable.LoadAsync(transaction, keys, cancellationToken),
            Waiting = waiting.ToLookup(message => message.Finding ?? 0),
            Disabled = backlogs.Where(backlog => backlog.DisabledAt is not null)
                .ToDictionary(backlog => backlog.Channel, backlog => backlog.DisabledAt!.Value),
        };
        var isOpen = open.Select(finding => finding.Id).ToHashSet();
        var others = waiting.Where(message => !isOpen.Contains(message.Finding ?? 0)).Select(message => Of(message, null, facts));
        return [.. open.SelectMany(finding => Of(finding, facts)), .. others];
    }

    private IEnumerable<PreviewLine> Of(Finding finding, PreviewFacts facts)
    {
        var status = findings.Key(finding.Key.Subject) is { } key ? facts.Statuses.GetValueOrDefault(key.Id) : null;
        var shown = findings.Shown(finding, status);
        var newest = facts.Waiting[finding.Id].GroupBy(message => message.Channel, StringComparer.Ordinal)
            .ToDictionary(channel => channel.Key, channel => channel.Last());
        var channels = AlertRouter.Route(shown, settings.Routes).Select(routed => routed.Channel).Union(newest.Keys).ToList();
        if (channels.Count == 0)
        {
            return [new(Made(shown, AlertKind.Trigger, "", facts.Now), null, PreviewState.Nobody, null, WhyNobody(finding))];
        }

        return channels.Select(channel => newest.TryGetValue(channel, out var message)
            ? Of(message, finding, facts)
            : Next(finding, shown, channel, facts));
    }

    private PreviewLine Of(QueuedMessage message, Finding? finding, PreviewFacts facts)
    {
        var (status, at, why) = (message, facts) switch
        {
            _ when ChannelFault(message.Channel, facts) is { } fault => fault,
            _ when message.HeldUntil > facts.Now || finding?.HeldUntil > facts.Now =>
                (PreviewState.HeldBack, Later(finding?.HeldUntil, message.HeldUntil), "held back: an outage explains it"),
            ({ Silence: { } id }, _) when facts.Silences.TryGetValue(id, out var silence) => SilencedBy(silence),
            _ when IsExplained(message, facts) => (PreviewState.HeldBack, null, "held back: what is open already explains it"),
            ({ Gathers: true }, _) when message.DueAt > facts.Now => (PreviewState.Grouped, message.DueAt, "waits for its group"),
            ({ Attempts: > 0 }, _) when message.DueAt > facts.Now =>
                (PreviewState.Later, message.DueAt, FormattableString.Invariant($"not delivered yet, attempt {message.Attempts} made")),
            _ when message.DueAt > facts.Now => (PreviewState.Later, message.DueAt, "waits for its time"),
            _ => (PreviewState.Due, (DateTimeOffset?)facts.Now, (string?)null),
        };
        return new(message.Alert, message.Channel, status, at, why);
    }

    private static bool IsExplained(QueuedMessage message, PreviewFacts facts) =>
        message is { Gathers: true, Finding: { } id, Alert.Findings: [var shown] }
        && Inhibition.HoldsBack(
            GatheredMessage.Of(0, id, message.Alert) with { IsOutlived = Inhibition.IsOutlived(shown, facts.Open) }, facts.Open, facts.Now);

    // Nothing waits: what comes next is a reminder, or, of what is held back, the first word.
    private PreviewLine Next(Finding finding, AlertFinding shown, string channel, PreviewFacts facts)
    {
        var (status, at, why) = finding switch
        {
            _ when ChannelFault(channel, facts) is { } fault => fault,
            { HeldUntil: { } until } when until > facts.Now => (PreviewState.HeldBack, until, "held back: an outage explains it"),
            _ when facts.Attention.AckOf(finding) is { } ack =>
                (PreviewState.Acknowledged, (DateTimeOffset?)ack.Until, $"acknowledged by {ack.By}"),
            { RemindAt: null } => (PreviewState.Told, (DateTimeOffset?)null, "nobody is reminded of it"),
            _ when facts.Attention.SilenceOf(finding) is { } silence => SilencedBy(silence),
            { RemindAt: { } remindAt } when remindAt <= facts.Now => (PreviewState.Due, facts.Now, (string?)null),
            _ => (PreviewState.Later, finding.RemindAt, "told already"),
        };
        var kind = status is PreviewState.HeldBack ? AlertKind.Trigger : AlertKind.Reminder;
        return new(Made(shown, kind, channel, facts.Now), channel, status, at, why);
    }

    private (PreviewState State, DateTimeOffset? At, string? Why)? ChannelFault(string channel, PreviewFacts facts) =>
        !settings.Channels.ContainsKey(channel) ? (PreviewState.ChannelUnknown, null, "no such channel is configured any more")
        : facts.Disabled.TryGetValue(channel, out var since)
            ? (PreviewState.ChannelDisabled, null, FormattableString.Invariant($"channel disabled since {since:yyyy-MM-dd HH:mm:ss} UTC"))
            : null;

    private static (PreviewState State, DateTimeOffset? At, string? Why) SilencedBy(Silence silence) =>
        (PreviewState.Silenced, silence.Until, FormattableString.Invariant($"silenced by {silence.By} (silence {silence.Id})"));

    private static string WhyNobody(Finding finding) =>
        finding.Severity is Severity.Info ? "info is sent only where a route asks for it" : "no route matches";

    private Alert Made(AlertFinding shown, AlertKind kind, string channel, DateTimeOffset now) => new()
    {
        Id = AlertIds.OfMessage(state.InstallationId, shown.Id, "preview", channel),
        Kind = kind,
        At = now,
        Severity = shown.Severity,
        Findings = [shown],
        Installation = state.InstallationId,
    };

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;

    private sealed record PreviewFacts
    {
        public required DateTimeOffset Now { get; init; }

        public required IReadOnlyList<Finding> Open { get; init; }

        public required FindingAttention Attention { get; init; }

        public required Dictionary<long, Silence> Silences { get; init; }

        public required IReadOnlyDictionary<KeyId, KeyStatus> Statuses { get; init; }

        public required ILookup<long, QueuedMessage> Waiting { get; init; }

        public required Dictionary<string, DateTimeOffset> Disabled { get; init; }
    }
}
