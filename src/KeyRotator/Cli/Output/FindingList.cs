using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Ledger;

namespace KeyRotator.Cli.Output;

/// <summary>Prints findings for people: about what, what is wrong, what to do. Wrapped on a terminal, one line each elsewhere.</summary>
internal sealed class FindingList(CliContext context, FindingAttention attention, DateTimeOffset now)
{
    private const int Indent = 10;

    /// <summary>One paragraph a finding, in the given order.</summary>
    public void Write(IEnumerable<Finding> findings)
    {
        foreach (var finding in findings)
        {
            WriteOne(finding);
        }
    }

    private void WriteOne(Finding finding)
    {
        var severity = finding.Severity.ToString().ToUpperInvariant();
        var title = $"{SubjectText(finding.Key.Subject)}: {finding.Key.Reason}, since {Since(finding)}.";
        var text = $"{title} {Printable.Of(finding.Message)}{HoldText(finding)}{AttentionText(finding)}";
        context.Out.Write(context.Paint.Apply(severity, SeverityColour(finding.Severity)));
        context.Out.Write(new string(' ', Indent - severity.Length));
        context.Out.WriteLine(TextWrap.Wrap(text, context.LineWidth, Indent));
    }

    private static string SubjectText(FindingSubject subject) => subject.Kind is SubjectKind.Key or SubjectKind.Audit
        ? Printable.Of(subject.Name)
        : $"{subject.Kind.ToString().ToLowerInvariant()} {Printable.Of(subject.Name)}";

    private string Since(Finding finding) =>
        context.IsOutputTerminal ? TimeText.Span(now - finding.OpenedAt) : TimeText.Instant(finding.OpenedAt);

    private string HoldText(Finding finding) =>
        ReportTally.IsHeld(finding, now) ? $" Held back until {TimeText.Instant(finding.HeldUntil)}: an outage explains it." : "";

    private string AttentionText(Finding finding) =>
        AckText(attention.AckOf(finding)) + SilenceText(attention.SilenceOf(finding));

    private static string AckText(Acknowledgement? ack) => ack is null ? ""
        : $" Acknowledged by {Printable.Of(ack.By)} until {TimeText.Instant(ack.Until)}"
            + $"{(ack.Reason is null ? "" : $": {Printable.Of(ack.Reason)}")}.";

    private static string SilenceText(Silence? silence) => silence is null ? ""
        : $" Silenced by {Printable.Of(silence.By)} until {TimeText.Instant(silence.Until)} (silence {silence.Id}): "
            + $"{Printable.Of(silence.Reason)}.";

    private static Colour SeverityColour(Severity severity) => severity switch
    {
        Severity.Critical => Colour.Red,
        Severity.Warning => Colour.Yellow,
        _ => Colour.None,
    };
}
