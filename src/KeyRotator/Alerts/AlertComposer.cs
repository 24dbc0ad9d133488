using System.Diagnostics;
using System.Globalization;
using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>Turns changes in the ledger into messages for the outbox. Pure: the same changes give the same messages, ids
/// included.</summary>
internal sealed class AlertComposer(string installation, IReadOnlyList<AlertRoute> routes)
{
    /// <summary>A digest names no more findings than this; it counts the rest.</summary>
    public const int MaxDigest = 50;

    /// <summary>One message a change and channel, save the first findings of new keys below critical: these are one digest a
    /// channel.</summary>
    public IReadOnlyList<OutboxMessage> Compose(IReadOnlyList<FindingEvent> events, DateTimeOffset now)
    {
        var addressed = events.SelectMany(change => Address(change, now)).ToList();
        var digests = addressed.Where(entry => entry.Digestible)
            .GroupBy(entry => entry.Channel, StringComparer.Ordinal)
            .Where(group => group.Count() > 1)
            .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        var singles = addressed.Where(entry => !entry.Digestible || !digests.ContainsKey(entry.Channel));
        return [.. singles.Select(entry => Message(entry, now)), .. digests.Select(digest => Digest(digest.Key, digest.Value, now))];
    }

    /// <summary>A trial message, made now and for nobody's sake.</summary>
    public static OutboxMessage Test(string installation, string channel, DateTimeOffset now)
    {
        var occasion = "test-" + now.UtcTicks.ToString(CultureInfo.InvariantCulture);
        var id = AlertIds.OfMessage(installation, "", occasion, channel);
        return new(null, channel, occasion, new Alert { Id = id, Kind = AlertKind.Test, At = now, Severity = Severity.Info }, now);
    }

    private IEnumerable<Addressed> Address(FindingEvent change, DateTimeOffset now)
    {
        var shown = Shown(change);
        var digestible = change is { Kind: FindingEventKind.Opened, Facts.FirstPass: true, Finding.Severity: < Severity.Critical };
        var notBefore = new[] { now, change.NotBefore ?? now, change.Finding.HeldUntil ?? now }.Max();
        var channels = change.Kind == FindingEventKind.Resolved ? change.Told : AlertRouter.Route(shown, routes);
        return channels.Select(channel => new Addressed(change, shown, channel, notBefore, digestible));
    }

    private AlertFinding Shown(FindingEvent change) => new()
    {
        Id = AlertIds.OfFinding(installation, change.Finding.Id),
        Reason = change.Finding.Key.Reason,
        Severity = change.Finding.Severity,
        SubjectKind = change.Finding.Key.Subject.Kind,
        Subject = change.Finding.Key.Subject.Name,
        Message = change.Finding.Message,
        OpenedAt = change.Finding.OpenedAt,
        ResolvedAt = change.Finding.ResolvedAt,
        Rung = change.Finding.Rung,
        Provider = change.Facts.Provider,
        Environment = change.Facts.Environment,
        Owner = change.Facts.Owner,
        Fingerprint = change.Facts.Fingerprint,
        ExpiresAt = change.Facts.ExpiresAt,
        ConsoleUrl = change.Facts.ConsoleUrl,
    };

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
        };
        return new(entry.Change.Finding.Id, entry.Channel, occasion, alert, entry.NotBefore);
    }

    private OutboxMessage Digest(string channel, List<Addressed> entries, DateTimeOffset now)
    {
        var ordered = entries.OrderByDescending(entry => entry.Shown.Severity).ThenBy(entry => entry.Change.Finding.Id).ToList();
        var occasion = "digest-" + AlertIds.Hash(ordered.Select(entry => entry.Shown.Id));
        var alert = new Alert
        {
            Id = AlertIds.OfMessage(installation, "", occasion, channel),
            Kind = AlertKind.Digest,
            At = now,
            Severity = ordered[0].Shown.Severity,
            Findings = [.. ordered.Take(MaxDigest).Select(entry => entry.Shown)],
            Omitted = Math.Max(0, ordered.Count - MaxDigest),
        };
        return new(null, channel, occasion, alert, entries.Max(entry => entry.NotBefore))
        {
            Digested = [.. ordered.Select(entry => entry.Change.Finding.Id)],
        };
    }

    private static string Occasion(FindingEvent change) => change.Kind switch
    {
        FindingEventKind.Opened => "trigger",
        FindingEventKind.RungReached => string.Create(CultureInfo.InvariantCulture, $"rung-{change.Finding.Rung}"),
        FindingEventKind.SeverityGrew => $"escalate-{change.Finding.Severity}",
        FindingEventKind.ReminderDue => $"reminder-{change.Finding.RemindAt?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}",
        FindingEventKind.Resolved => "resolved",
        _ => throw new UnreachableException(),
    };

    private static AlertKind KindOf(FindingEventKind kind) => kind switch
    {
        FindingEventKind.ReminderDue => AlertKind.Reminder,
        FindingEventKind.Resolved => AlertKind.Resolved,
        _ => AlertKind.Trigger,
    };

    private sealed record Addressed(FindingEvent Change, AlertFinding Shown, string Channel, DateTimeOffset NotBefore, bool Digestible);
}
