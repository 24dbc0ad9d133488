using System.Globalization;
using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>What people read of an alert, in plain text: each channel escapes it by its own rules. The same alert gives the same
/// words.</summary>
internal static class AlertWords
{
    private const int MaxName = 200;
    private const int MaxMessage = 1000;

    /// <summary>The headline, on one line.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="most">Longest, in UTF-16 code units.</param>
    public static string Title(Alert alert, int most) => AlertText.Line((alert.IsTrial ? "[TEST] " : "") + alert switch
    {
        { Kind: AlertKind.Test } => "[TEST] KeyRotator reaches this channel",
        { Findings: [var finding] } => $"{Mark(alert)} {finding.Reason}: {Name(finding)}",
        _ => Several(alert),
    }, most);

    /// <summary>What a finding is about and what is wrong with it, on one line: the headline of a finding among others.</summary>
    public static string Headline(AlertFinding finding, int most) =>
        AlertText.Line($"{State(finding)} {finding.Reason}: {Name(finding)}", most);

    /// <summary>The sentence that says what is wrong and what to do.</summary>
    public static string Message(Alert alert, int most) => alert switch
    {
        { Kind: AlertKind.Resolved, Findings: [var finding] } =>
            AlertText.Line($"Over: nothing is to be done any more. It was: {finding.Message}", Math.Min(most, MaxMessage)),
        { Findings: [var finding] } => Message(finding, most),
        { Kind: AlertKind.Test } =>
            AlertText.Line("Somebody tries whether alerts arrive here. Nothing is wrong, and nothing is to be done.", most),
        _ => "",
    };

    /// <summary>The sentence of a finding.</summary>
    public static string Message(AlertFinding finding, int most) => AlertText.Line(
        finding.Change is AlertKind.Resolved ? $"Nothing is to be done any more. It was: {finding.Message}" : finding.Message,
        Math.Min(most, MaxMessage));

    /// <summary>What is known of a finding, label by label; unknown ones are left out.</summary>
    public static IReadOnlyList<AlertFact> Facts(AlertFinding finding)
    {
        (string Label, string? Value)[] facts =
        [
            ("Severity", finding.Severity.ToString()),
            ("Provider", finding.Provider),
            ("Environment", finding.Environment),
            ("Owner", finding.Owner),
            ("Fingerprint", finding.Fingerprint),
            ("Expires", finding.ExpiresAt is { } expires ? Day(expires) : null),
            ("Since", Time(finding.OpenedAt)),
            ("Over since", finding.ResolvedAt is { } resolved ? Time(resolved) : null),
        ];
        return
        [
            .. from fact in facts
               where fact.Value is { Length: > 0 }
               select new AlertFact(fact.Label, AlertText.Line(fact.Value, MaxName)),
        ];
    }

    /// <summary>How many findings are not named, in words; null where all are.</summary>
    public static string? More(Alert alert, int named)
    {
        var left = alert.Omitted + alert.Findings.Count - named;
        return left > 0 ? string.Create(CultureInfo.InvariantCulture, $"and {left} more: see keyrotator status") : null;
    }

    /// <summary>How it looks from afar.</summary>
    public static AlertMood MoodOf(Alert alert) => alert switch
    {
        { Kind: AlertKind.Resolved } or { Tally: { IsAllEnded: true, Withdrawn: 0 } } => AlertMood.Good,
        { Kind: AlertKind.Test or AlertKind.Withdrawn } or { Tally.IsAllEnded: true } => AlertMood.Calm,
        { Severity: Severity.Critical } => AlertMood.Bad,
        { Severity: Severity.Warning } => AlertMood.Uneasy,
        _ => AlertMood.Calm,
    };

    private static string Mark(Alert alert) => alert.Kind switch
    {
        AlertKind.Digest when alert.Tally is { IsAllEnded: true, Over: 0 } => "[WITHDRAWN]",
        AlertKind.Digest when alert.Tally is { IsAllEnded: true } => "[RESOLVED]",
        AlertKind.Digest when alert.Tally is { New: 0 } => $"[{Loud(alert)}, STILL OPEN]",
        AlertKind.Resolved => "[RESOLVED]",
        AlertKind.Withdrawn => "[WITHDRAWN]",
        AlertKind.Reminder => $"[{Loud(alert)}, STILL OPEN]",
        _ => $"[{Loud(alert)}]",
    };

    private static string State(AlertFinding finding) => finding.Change switch
    {
        AlertKind.Resolved => "Over:",
        AlertKind.Withdrawn => "Withdrawn:",
        AlertKind.Reminder => $"Still open: {finding.Severity}",
        _ => finding.Severity.ToString(),
    };

    private static string Loud(Alert alert) => alert.Severity.ToString().ToUpperInvariant();

    private static string Name(AlertFinding finding) =>
        finding.Environment is { Length: > 0 } environment ? $"{finding.Subject} ({environment})" : finding.Subject;

    private static string Several(Alert alert)
    {
        var count = alert.Findings.Count + alert.Omitted;
        var common = alert.Common is { Length: > 0 } words ? $": {words}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Mark(alert)} {count} findings{common}{Mix(alert.Tally)}");
    }

    // Only where there is more than one sort of news.
    private static string Mix(AlertTally? tally)
    {
        (int Count, string Word)[] sorts = tally is null ? [] :
        [
            (tally.New, "new"), (tally.StillOpen, "still open"), (tally.Over, "over"), (tally.Withdrawn, "withdrawn"),
        ];
        var present = sorts.Where(sort => sort.Count > 0)
            .Select(sort => string.Create(CultureInfo.InvariantCulture, $"{sort.Count} {sort.Word}"))
            .ToList();
        return present.Count > 1 ? $" ({string.Join(", ", present)})" : "";
    }

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

/// <summary>Something known of a finding.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">It, on one line.</param>
internal sealed record AlertFact(string Label, string Value);

/// <summary>How an alert looks from afar: a colour, as far as the channel has colours.</summary>
internal enum AlertMood
{
    /// <summary>Nothing to worry about.</summary>
    Calm = 0,

    /// <summary>It is over.</summary>
    Good,

    /// <summary>Soon to be done.</summary>
    Uneasy,

    /// <summary>To be done now.</summary>
    Bad,
}
