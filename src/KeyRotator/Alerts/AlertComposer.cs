using System.Diagnostics;
using System.Globalization;
using KeyRotator.Audit;
using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>Turns changes in the ledger into messages for the outbox. Pure: the same changes give the same messages, ids
/// included.</summary>
/// <param name="installation">Id of the installation.</param>
/// <param name="routes">Who hears of what.</param>
/// <param name="channels">The channels by name: some take one finding each.</param>
internal sealed class AlertComposer(
    string installation, IReadOnlyList<AlertRoute> routes, IReadOnlyDictionary<string, ChannelSettings> channels)
{
    /// <summary>A digest names no more findings than this; it counts the rest.</summary>
    public const int MaxDigest = 50;

    /// <summary>One message a change and channel. Each waits to be told together with others of its group.</summary>
    public IReadOnlyList<OutboxMessage> Compose(IReadOnlyList<FindingEvent> events, DateTimeOffset now) =>
        [.. events.SelectMany(change => Address(change, now)).Select(entry => Message(entry, now))];

    /// <summary>Whether a channel keeps incidents, which somebody has to end.</summary>
    public bool KeepsIncidents(string channel) =>
        channels.TryGetValue(channel, out var settings) && AlertChannels.Find(settings.Kind) is { TakesOneFindingEach: true };

    /// <summary>Makes one message of several of one channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="planned">What it tells, those that weigh most first.</param>
    /// <param name="named">The content of the first of them, at most <see cref="MaxDigest"/>.</param>
    /// <param name="now">When (UTC).</param>
    /// <param name="audit">Where the audit stands.</param>
    public OutboxMessage Together(
        string channel, PlannedMessage planned, IReadOnlyList<Alert> named, DateTimeOffset now, AuditHead? audit = null)
    {
        var entries = planned.Entries;
        var occasion = "group-" + AlertIds.Hash(entries.Select(entry => entry.Id));
        var id = AlertIds.OfMessage(installation, "", occasion, channel);
        var open = entries.Where(entry => !entry.IsEnd).ToList();
        var alert = new Alert
        {
            Id = id,
            Kind = planned.Tells,
            At = now,
            Severity = (open.Count > 0 ? open : entries).Max(entry => entry.Severity),
            Findings = [.. named.SelectMany(alert => alert.Findings.Select(finding => finding with { Change = alert.Kind }))],
            Omitted = entries.Count - named.Count,
            Audit = audit,
            Installation = installation,
            Incident = planned.Incident ?? (KeepsIncidents(channel) ? id : null),
            Common = AlertCommon.Of(entries),
            Tally = new(
                open.Count(entry => entry.Kind is not AlertKind.Reminder),
                open.Count(entry => entry.Kind is AlertKind.Reminder),
                entries.Count(entry => entry.Kind is AlertKind.Resolved),
                entries.Count(entry => entry.Kind is AlertKind.Withdrawn)),
        };
        return new(null, channel, occasion, alert, now) { Digested = [.. entries.Select(entry => entry.Finding)] };
    }

    private List<Addressed> Address(FindingEvent change, DateTimeOffset now)
    {
        var shown = Shown(change);
        var isFirst = change is { Kind: FindingEventKind.Opened, Facts.FirstPass: true };
        var ready = new[] { now, change.NotBefore ?? now, change.Finding.HeldUntil ?? now }.Max();
        return
        [
            .. from routed in Hearers(change, shown)
               where !TakesState(routed.Channel)
               select new Addressed(change, shown, routed.Channel, AlertGrouping.Of(routed.Route, shown, isFirst, ready, now)),
        ];
    }

    // Who was told of a finding hears of its end, whatever the routes say now.
    private IEnumerable<RoutedChannel> Hearers(FindingEvent change, AlertFinding shown)
    {
        var routed = AlertRouter.Route(shown, routes);
        return change.Kind is FindingEventKind.Resolved or FindingEventKind.Withdrawn
            ? change.Told.Select(channel => routed.FirstOrDefault(one => one.Channel == channel) ?? new(channel, AlertRoute.Default))
            : routed;
    }

    private bool TakesState(string channel) =>
        channels.TryGetValue(channel, out var settings) && AlertChannels.Find(settings.Kind) is IStateChannel;

    /// <summary>The finding as receivers see it.</summary>
    public AlertFinding Shown(FindingEvent change) => ShownFinding.Of(installation, change.Finding, change.Facts);

    private OutboxMessage Message(Addressed entry, DateTimeOffset now)
    {
        var occasion = Occasion(entry.Change);
        var alert = new Alert
        {
            Id = AlertIds.OfMessage(installation, entry.Shown.Id, occasion, entry.Channel),
            Kind = KindOf(entry.Change.Kind),
            At = now,
            Severity = entry.Shown.Severity,
            Findings = [entry.Shown],
            Installation = installation,
        };
        return new(entry.Change.Finding.Id, entry.Channel, occasion, alert, entry.Terms.TellAt)
        {
            Group = new(entry.Channel, entry.Terms.Key, entry.Terms.Every),
            ReadyAt = entry.Terms.ReadyAt,
        };
    }

    private static string Occasion(FindingEvent change) => change.Kind switch
    {
        FindingEventKind.Opened => "trigger",
        FindingEventKind.RungReached => string.Create(CultureInfo.InvariantCulture, $"rung-{change.Finding.Rung}"),
        FindingEventKind.SeverityGrew => $"escalate-{change.Finding.Severity}-{RemindsAt(change)}", // it may fall, and grow again
        FindingEventKind.ReminderDue => $"reminder-{RemindsAt(change)}",
        FindingEventKind.Resolved => "resolved",
        FindingEventKind.Withdrawn => "withdrawn",
        _ => throw new UnreachableException(),
    };

    private static string? RemindsAt(FindingEvent change) =>
        change.Finding.RemindAt?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static AlertKind KindOf(FindingEventKind kind) => kind switch
    {
        FindingEventKind.ReminderDue => AlertKind.Reminder,
        FindingEventKind.Resolved => AlertKind.Resolved,
        FindingEventKind.Withdrawn => AlertKind.Withdrawn,
        _ => AlertKind.Trigger,
    };

    private sealed record Addressed(FindingEvent Change, AlertFinding Shown, string Channel, GroupTerms Terms);
}
