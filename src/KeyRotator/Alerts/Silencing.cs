namespace KeyRotator.Alerts;

/// <summary>Decides what a silence keeps. Pure.</summary>
internal static class Silencing
{
    /// <summary>The silence that keeps a finding longest, or null where none does.</summary>
    public static Silence? Covering(AlertFinding finding, IEnumerable<Silence> silences, DateTimeOffset now) => silences
        .Where(silence => silence.Holds(now) && silence.Covers(finding))
        .MaxBy(silence => (silence.Until, silence.Id));

    /// <summary>The silence that keeps a message longest, or null where none does: what tells of an end, of several findings or of none is
    /// not kept.</summary>
    public static Silence? Covering(Alert alert, IEnumerable<Silence> silences, DateTimeOffset now) =>
        alert is { Kind: AlertKind.Trigger or AlertKind.Reminder, Findings: [var finding] } ? Covering(finding, silences, now) : null;
}
