using System.Diagnostics;
using System.Globalization;
using KeyRotator.Audit;
using KeyRotator.Findings;
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

    /// <summary>The longest that a message waits to be told together with others, should the pass that asked for it not end.</summary>
    public static TimeSpan LongestGathering { get; } = TimeSpan.FromMinutes(2);

    /// <summary>One message a change and channel. The first findings of new keys below critical wait to be gathered.</summary>
    public IReadOnlyList<OutboxMessage> Compose(IReadOnlyList<FindingEvent> events, DateTimeOffset now) =>
        [.. events.SelectMany(change => Address(change, now)).Select(entry => Message(entry, now))];

    /// <summary>Makes one message of several of one channel.</summary>
    /// <param name="gathered">Those that weigh most first; the first <see cref="MaxDigest"/> with their content.</param>
    /// <param name="now">When (UTC).</param>
    /// <param name="audit">Where the audit stands.</param>
    public OutboxMessage Digest(IReadOnlyList<GatheredMessage> gathered, DateTimeOffset now, AuditHead? audit = null)
    {
        var channel = gathered[0].Channel;
        var occasion = "digest-" + AlertIds.Hash(gathered.Select(message => AlertIds.OfFinding(installation, message.Finding)));
        var named = gathered.Take(MaxDigest).Select(message => message.Alert).OfType<Alert>().SelectMany(alert => alert.Findings).ToList();
        var alert = new Alert
        {
            Id = AlertIds.OfMessage(installation, "", occasion, channel),
            Kind = AlertKind.Digest,
            At = now,
            Severity = named.Max(finding => finding.Severity),
            Findings = named,
            Omitted = gathered.Count - named.Count,
            Audit = audit,
            Installation = installation,
        };
        return new(null, channel, occasion, alert, now) { Digested = [.. gathered.Select(message => message.Finding)] };
    }

    /// <summary>A trial message, made now and for nobody's sake.</summary>
    public static OutboxMessage Test(string installation, string channel, DateTimeOffset now)
    {
        var occasion = "test-" + now.UtcTicks.ToString(CultureInfo.InvariantCulture);
        var id = AlertIds.OfMessage(installation, "", occasion, channel);
        return new(null, channel, occasion, new Alert { Id = id, Kind = AlertKind.Test, At = now, Severity = Severity.Info }, now);
    }

    private List<Addressed> Address(FindingEvent change, DateTimeOffset now)
    {
        var shown = Shown(change);
        var gathers = change is { Kind: FindingEventKind.Opened, Facts.FirstPass: true, Finding.Severity: < Severity.Critical };
        var earliest = new[] { now, change.NotBefore ?? now, change.Finding.HeldUntil ?? now }.Max();
        var addressed = change.Kind is FindingEventKind.Resolved or FindingEventKind.Withdrawn
            ? change.Told
            : AlertRouter.Route(shown, routes);
        return
        [
            .. from channel in addressed
               let gathersHere = gathers && !TakesOneFindingEach(channel)
               let gathered = now + LongestGathering
               select new Addressed(change, shown, channel, gathersHere && gathered > earliest ? gathered : earliest, gathersHere),
        ];
    }

    private bool TakesOneFindingEach(string channel) =>
        channels.TryGetValue(channel, out var settings) && AlertChannels.Find(settings.Kind) is { TakesOneFindingEach: true };

    private AlertFinding Shown(FindingEvent change) => ShownFinding.Of(installation, change.Finding, change.Facts);

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
        return new(entry.Change.Finding.Id, entry.Channel, occasion, alert, entry.NotBefore) { Gathers = entry.Gathers };
    }

    private static string Occasion(FindingEvent change) => change.Kind switch
    {
        FindingEventKind.Opened => "trigger",
        FindingEventKind.RungReached => string.Create(CultureInfo.InvariantCulture, $"rung-{change.Finding.Rung}"),
        FindingEventKind.SeverityGrew => $"escalate-{change.Finding.Severity}",
        FindingEventKind.ReminderDue => $"reminder-{change.Finding.RemindAt?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}",
        FindingEventKind.Resolved => "resolved",
        FindingEventKind.Withdrawn => "withdrawn",
        _ => throw new UnreachableException(),
    };

    private static AlertKind KindOf(FindingEventKind kind) => kind switch
    {
        FindingEventKind.ReminderDue => AlertKind.Reminder,
        FindingEventKind.Resolved => AlertKind.Resolved,
        FindingEventKind.Withdrawn => AlertKind.Withdrawn,
        _ => AlertKind.Trigger,
    };

    private sealed record Addressed(FindingEvent Change, AlertFinding Shown, string Channel, DateTimeOffset NotBefore, bool Gathers);
}
