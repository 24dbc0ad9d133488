using System.Globalization;
using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>What an operator's trial sends: each kind of message once, about a made-up finding, marked as a test. The last one ends what
/// the ones before opened.</summary>
internal static class TrialAlerts
{
    /// <summary>What the made-up findings are about.</summary>
    public const string Subject = "keyrotator-test";

    private static readonly StateTerms s_terms = new(TimeSpan.FromMinutes(4), FollowsPass: true);

    private static readonly AlertKind[] s_messages =
        [AlertKind.Trigger, AlertKind.Reminder, AlertKind.Digest, AlertKind.Withdrawn, AlertKind.Resolved];

    /// <summary>The messages for a channel, in their order. A receiver of incidents takes one finding each and no digest; a receiver of
    /// state is told of an alert and of its end.</summary>
    public static IReadOnlyList<OutboxMessage> Of(string installation, ChannelSettings channel, DateTimeOffset now) =>
        [.. KindsFor(AlertChannels.Find(channel.Kind)).Select(kind => Message(kind, installation, channel.Name, now))];

    private static IEnumerable<AlertKind> KindsFor(IAlertChannel? channel) => channel switch
    {
        IStateChannel => [AlertKind.Trigger, AlertKind.Resolved],
        { TakesOneFindingEach: true } => s_messages.Where(kind => kind is not AlertKind.Digest),
        _ => s_messages,
    };

    private static OutboxMessage Message(AlertKind kind, string installation, string channel, DateTimeOffset now)
    {
        var trial = now.UtcTicks.ToString(CultureInfo.InvariantCulture);
        var occasion = $"test-{trial}-{kind}";
        var first = Finding(installation, trial, FindingReason.KeyExpiring, kind, now);
        var alert = new Alert
        {
            Id = AlertIds.OfMessage(installation, "", occasion, channel),
            Kind = kind,
            At = now,
            Severity = Severity.Warning,
            Findings = kind is AlertKind.Digest ? [first, Finding(installation, trial, FindingReason.RotationOverdue, kind, now)] : [first],
            Installation = installation,
            IsTrial = true,
            Incident = kind is AlertKind.Digest ? first.Id : null,
            State = s_terms,
        };
        return new(null, channel, occasion, alert, now);
    }

    private static AlertFinding Finding(string installation, string trial, FindingReason reason, AlertKind kind, DateTimeOffset now) =>
        new()
        {
            Id = "fnd_" + AlertIds.Hash(installation, trial, reason.ToString()),
            Reason = reason,
            Severity = Severity.Warning,
            SubjectKind = SubjectKind.Key,
            Subject = Subject,
            Message = "Somebody tries whether alerts arrive here: this finding is made up, and nothing is to be done.",
            OpenedAt = now,
            ResolvedAt = kind is AlertKind.Resolved or AlertKind.Withdrawn ? now : null,
        };
}
