using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Cli.Output;

/// <summary>Prints what is known of keys: the output of <c>check</c> and of <c>status</c>.</summary>
internal sealed class KeyReportPrinter(CliContext context, KeyReportReader reader)
{
    // A longer table is not read; its findings are.
    private const int MostRows = 200;

    /// <summary>Prints the given keys and what surrounds them.</summary>
    /// <param name="keys">Which keys.</param>
    /// <param name="checkedAt">When they were checked (UTC), or null where they were not.</param>
    /// <param name="format">How.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was counted on the way.</returns>
    public async Task<ReportTally> PrintAsync(IReadOnlyList<ManagedKey> keys, DateTimeOffset? checkedAt, OutputFormat format, CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();
        var tally = new ReportTally(now);
        var surroundings = await reader.ReadSurroundingsAsync(keys, cancellationToken);
        foreach (var finding in surroundings)
        {
            tally.Add(finding);
        }

        await (format is OutputFormat.Json
            ? PrintJsonAsync(keys, checkedAt, surroundings, tally, cancellationToken)
            : PrintTableAsync(keys, now, surroundings, tally, cancellationToken));
        return tally;
    }

    private Task PrintJsonAsync(
        IReadOnlyList<ManagedKey> keys, DateTimeOffset? checkedAt, IReadOnlyList<Finding> surroundings, ReportTally tally, CancellationToken cancellationToken) =>
        JsonOutput.WriteAsync(context, async json =>
        {
            json.WriteStartObject();
            json.WriteTime("checkedAt", checkedAt);
            json.WriteStartArray("keys");
            await foreach (var report in reader.ReadAsync(keys, cancellationToken))
            {
                tally.Add(report);
                KeyJson.Write(json, report);
                json.FlushIfLong();
            }

            json.WriteEndArray();
            KeyJson.WriteFindings(json, surroundings, withSubject: true);
            KeyJson.WriteSummary(json, tally);
            json.WriteEndObject();
        });

    private async Task PrintTableAsync(
        IReadOnlyList<ManagedKey> keys, DateTimeOffset now, IReadOnlyList<Finding> surroundings, ReportTally tally, CancellationToken cancellationToken)
    {
        var isLong = keys.Count > MostRows;
        var shown = new List<KeyReport>();
        await foreach (var report in reader.ReadAsync(keys, cancellationToken))
        {
            tally.Add(report);
            if (!isLong || report.Findings.Any(finding => finding.Severity > Severity.Info))
            {
                shown.Add(report);
            }
        }

        var table = new KeyTable(context, now);
        table.WriteKeys(shown);
        await WriteFindingsAsync([.. surroundings, .. shown.SelectMany(report => report.Findings).Where(finding => !isLong || finding.Severity > Severity.Info)], now);
        await context.Out.WriteLineAsync();
        table.WriteSummary(tally);
        if (isLong)
        {
            await context.Out.WriteLineAsync($"{shown.Count} shown: those with a warning or worse. Name keys, or use --output json, to see others.");
        }
    }

    private async Task WriteFindingsAsync(IReadOnlyList<Finding> findings, DateTimeOffset now)
    {
        if (findings.Count == 0)
        {
            return;
        }

        await context.Out.WriteLineAsync();
        new FindingList(context, now).Write(findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Key.Subject.Kind is SubjectKind.Key));
    }
}
