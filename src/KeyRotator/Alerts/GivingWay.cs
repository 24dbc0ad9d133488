using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>A message that waits and is not under way.</summary>
/// <param name="Sequence">The row; also its place in the order.</param>
/// <param name="Occasion">What tells it apart from other messages of its finding.</param>
/// <param name="Severity">How much its finding matters, or the worst of several.</param>
/// <param name="Alert">The content of one that tells of no single finding; else null.</param>
internal sealed record WaitingMessage(long Sequence, string Occasion, Severity Severity, Alert? Alert);

/// <summary>Which messages go where there is room for no more. Pure.</summary>
/// <remarks>What a message says must be said again or hurt least: reminders go first, then what is merely known, then warnings, always the
/// oldest first. What tells of something critical for the first time never goes, nor what tells of an end: who heard of the beginning
/// would believe in it for ever.</remarks>
internal static class GivingWay
{
    private const int Never = int.MaxValue;

    /// <summary>The messages that go: as many as are too many, or all that may.</summary>
    public static IReadOnlyList<long> Choose(IEnumerable<WaitingMessage> waiting, long tooMany) =>
    [
        .. waiting
            .Select(message => (Rank: RankOf(message), message.Sequence))
            .Where(message => message.Rank != Never)
            .OrderBy(message => message.Rank)
            .ThenBy(message => message.Sequence)
            .Take((int)Math.Clamp(tooMany, 0, int.MaxValue))
            .Select(message => message.Sequence),
    ];

    private static int RankOf(WaitingMessage message) => message switch
    {
        { Occasion: "resolved" or "withdrawn" } => Never,
        { Alert.Findings: var findings } when findings.Any(finding => finding.Change is AlertKind.Resolved or AlertKind.Withdrawn) => Never,
        _ when IsReminder(message) => 0,
        { Severity: Severity.Info } => 1,
        { Severity: Severity.Warning } => 2,
        _ => Never,
    };

    private static bool IsReminder(WaitingMessage message) =>
        message.Occasion.StartsWith("reminder-", StringComparison.Ordinal)
        || (message.Alert is { Findings: [_, ..] findings } && findings.All(finding => finding.Change is AlertKind.Reminder));
}
