using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>Which findings another one explains, so that nobody is told of them while it is open. Pure.</summary>
/// <remarks>Rejections in an outage are the outage guard's, which holds the findings themselves. Here are those that follow from what is
/// open already: what survives its cause is told.</remarks>
internal static class Inhibition
{
    /// <summary>What is critical is held back no longer than this.</summary>
    public static TimeSpan LongestForCritical { get; } = TimeSpan.FromMinutes(30);

    /// <summary>How long before its cause a finding may have come to be: both are of one pass.</summary>
    public static TimeSpan SamePass { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The reasons that explain others of their provider or store.</summary>
    public static IReadOnlyList<FindingReason> Causes { get; } = [FindingReason.ProviderOutage, FindingReason.StoreUnavailable];

    /// <summary>Whether a message waits: its finding is no news as long as one of the causes is open, or its key is known to be
    /// dead.</summary>
    public static bool HoldsBack(GatheredMessage message, IEnumerable<Finding> causes, DateTimeOffset now) =>
        !message.IsEnd
        && (message.IsOutlived || (MayWait(message, now) && causes.Any(cause => Explains(cause, message))));

    /// <summary>Whether a finding is about the age of a key that is known to be dead.</summary>
    public static bool IsOutlived(AlertFinding finding, IEnumerable<Finding> open) =>
        finding is { SubjectKind: SubjectKind.Key, Reason: FindingReason.KeyExpiring or FindingReason.RotationOverdue }
        && open.Any(other => other.Key.Subject.Name == finding.Subject && other.HeldUntil is null
            && other.Key.Reason is FindingReason.KeyRejected or FindingReason.KeyExpired);

    private static bool MayWait(GatheredMessage message, DateTimeOffset now) =>
        message.Severity < Severity.Critical || now < message.OpenedAt + LongestForCritical;

    private static bool Explains(Finding cause, GatheredMessage message) =>
        message.OpenedAt >= cause.OpenedAt - SamePass
        && cause.Key.Reason switch
        {
            FindingReason.ProviderOutage => message.Provider == cause.Key.Subject.Name
                && message.Reason is FindingReason.KeyUnverified or FindingReason.WrongEndpoint,
            FindingReason.StoreUnavailable => message.Store == cause.Key.Subject.Name
                && message.Reason is FindingReason.KeyUnverified or FindingReason.SecretMissing or FindingReason.LocationDrift
                    or FindingReason.TagsUnusable,
            _ => false,
        };
}
