using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Cli.Output;

/// <summary>Prints reports for people: a table, the most urgent key first, then what is wrong and what to do, then a summary.</summary>
internal sealed class KeyTable(CliContext context, DateTimeOffset now)
{
    private const int WideFrom = 110;
    private static readonly TimeSpan s_soon = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_later = TimeSpan.FromDays(30);
    private readonly bool _isWide = !context.IsOutputTerminal || context.Width >= WideFrom;

    /// <summary>The table. Nothing where there is no key.</summary>
    public void WriteKeys(IReadOnlyList<KeyReport> reports)
    {
        if (reports.Count == 0)
        {
            return;
        }

        var table = new TextTable([.. Columns()]);
        var byUrgency = reports
            .OrderByDescending(Urgency)
            .ThenBy(report => report.ExpiresAt ?? DateTimeOffset.MaxValue)
            .ThenBy(report => report.Id, StringComparer.Ordinal);
        foreach (var report in byUrgency)
        {
            table.Add([.. Cells(report)]);
        }

        table.Write(context.Out, context.LineWidth, context.Paint);
    }

    /// <summary>A line for each key that is held: who holds it, since when, why and until when. Nothing where none is.</summary>
    public void WriteSuspensions(IEnumerable<KeyReport> reports)
    {
        var held = reports.Where(report => report.Suspension is not null).OrderBy(report => report.Id, StringComparer.Ordinal).ToList();
        if (held.Count > 0)
        {
            context.Out.WriteLine();
        }

        foreach (var report in held)
        {
            var line = $"suspended  {report.Id}: {SuspensionText.Of(report.Suspension!, now)}";
            context.Out.WriteLine(TextWrap.Wrap(Printable.Of(line), context.LineWidth, 11));
        }
    }

    /// <summary>The summary's two lines.</summary>
    public void WriteSummary(ReportTally tally)
    {
        var (accepted, rejected, inconclusive) = (tally[Verdict.Accepted], tally[Verdict.Rejected], tally[Verdict.Inconclusive]);
        var (critical, warning, info) = (tally[Severity.Critical], tally[Severity.Warning], tally[Severity.Info]);
        context.Out.WriteLine($"{Count(tally.Keys, "key")}: {accepted} accepted, {rejected} rejected, {inconclusive} inconclusive");
        context.Out.WriteLine($"findings: {critical} critical, {warning} warning, {info} info");
    }

    /// <summary>A number with its noun.</summary>
    public static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    private IEnumerable<TextColumn> Columns()
    {
        yield return new("KEY", Cut.Middle, 16);
        yield return new("PROVIDER", Cut.Middle, 8);
        yield return new("ENV", Cut.End, 4);
        yield return new("VERDICT", Cut.End, 16);
        yield return new("EXPIRES");
        yield return new("CHECKED");
        if (_isWide)
        {
            yield return new("OWNER", Cut.End, 8);
        }
    }

    private IEnumerable<TextCell> Cells(KeyReport report)
    {
        yield return report.Id;
        yield return report.Provider;
        yield return report.Environment;
        yield return new(VerdictText(report), VerdictColour(report));
        yield return new(TimeText.Expiry(report.ExpiresAt, now), ExpiryColour(report.ExpiresAt - now));
        yield return _isWide ? TimeText.InstantAndAgo(report.CheckedAt, now) : TimeText.Ago(report.CheckedAt, now);
        if (_isWide)
        {
            yield return report.Owner;
        }
    }

    private (Severity?, int) Urgency(KeyReport report)
    {
        var worst = report.Findings.Where(finding => !ReportTally.IsHeld(finding, now)).Max(finding => (Severity?)finding.Severity);
        return (worst, report.Verdict switch { Verdict.Rejected => 2, Verdict.Inconclusive => 1, _ => 0 });
    }

    private static string VerdictText(KeyReport report) => report switch
    {
        { State: { } state and not KeyState.Active } => state.ToString(),
        { Reason: VerdictReason.NotProbed } => "-",
        { Reason: VerdictReason.Ok } => report.Verdict.ToString(),
        _ => $"{report.Verdict}/{report.Reason}",
    };

    private static Colour VerdictColour(KeyReport report) => report switch
    {
        { State: { } state and not KeyState.Active } => state is KeyState.Compromised ? Colour.Red : Colour.None,
        { Verdict: Verdict.Accepted, Reason: VerdictReason.Ok } => Colour.Green,
        { Verdict: Verdict.Rejected } => Colour.Red,
        { Reason: VerdictReason.NotProbed } => Colour.None,
        _ => Colour.Yellow,
    };

    private static Colour ExpiryColour(TimeSpan? left) =>
        left <= s_soon ? Colour.Red : left <= s_later ? Colour.Yellow : Colour.None;
}
