using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;

namespace KeyRotator.Cli.Output;

/// <summary>Prints what is known of keys: the output of <c>check</c> and of <c>status</c>.</summary>
/// <param name="context">Where to.</param>
/// <param name="reader">Reads what is known.</param>
/// <param name="channels">Prints the channels too; null where nobody wants to know.</param>
internal sealed class KeyReportPrinter(CliContext context, KeyReportReader reader, ChannelReport? channels = null)
{
    // A longer table is not read; its findings are.
    private const int MostRows = 200;

    /// <summary>Prints the given keys and what surrounds them.</summary>
    /// <param name="keys">Which keys.</param>
    /// <param name="checkedAt">When they were checked (UTC), or null where they were not.</param>
    /// <param name="format">How.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was counted on the way.</returns>
    public async Task<ReportTally> PrintAsync(
        IReadOnlyList<ManagedKey> keys, DateTimeOffset? checkedAt, OutputFormat format, CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();
        var attention = await reader.ReadAttentionAsync(keys, now, cancellationToken);
        var page = new Page(keys, await reader.ReadSurroundingsAsync(keys, cancellationToken), attention, now, new ReportTally(now));
        foreach (var finding in page.Surroundings)
        {
            page.Tally.Add(finding);
        }

        await (format is OutputFormat.Json
            ? PrintJsonAsync(page, checkedAt, cancellationToken)
            : PrintTableAsync(page, cancellationToken));
        return page.Tally;
    }

    private Task PrintJsonAsync(Page page, DateTimeOffset? checkedAt, CancellationToken cancellationToken) =>
        JsonOutput.WriteAsync(context, async json =>
        {
            json.WriteStartObject();
            json.WriteTime("checkedAt", checkedAt);
            json.WriteStartArray("keys");
            await foreach (var report in reader.ReadAsync(page.Keys, cancellationToken))
            {
                page.Tally.Add(report);
                KeyJson.Write(json, report, page.Attention);
                json.FlushIfLong();
            }

            json.WriteEndArray();
            KeyJson.WriteFindings(json, page.Surroundings, page.Attention, withSubject: true);
            KeyJson.WriteSummary(json, page.Tally);
            if (channels is not null)
            {
                await channels.WriteJsonAsync(json, cancellationToken);
            }

            json.WriteEndObject();
        });

    private async Task PrintTableAsync(Page page, CancellationToken cancellationToken)
    {
        var least = page.Keys.Count > MostRows ? Severity.Warning : Severity.Info;
        var shown = new List<KeyReport>();
        await foreach (var report in reader.ReadAsync(page.Keys, cancellationToken))
        {
            page.Tally.Add(report);
            if (page.Keys.Count <= MostRows || report.Suspension is not null || report.Findings.Any(finding => finding.Severity >= least))
            {
                shown.Add(report);
            }
        }

        var table = new KeyTable(context, page.Now);
        table.WriteKeys(shown);
        table.WriteSuspensions(shown);
        WriteWaiting(shown);
        WriteFindings(page, shown.SelectMany(report => report.Findings).Where(finding => finding.Severity >= least));
        if (page.Keys.Count > 0)
        {
            await context.Out.WriteLineAsync();
        }

        table.WriteSummary(page.Tally);
        if (shown.Count < page.Keys.Count)
        {
            await context.Out.WriteLineAsync($"{shown.Count} shown: those with a warning or worse. Name keys, or use -o json, for others.");
        }

        if (channels is not null)
        {
            await channels.WriteTableAsync(context, page.Now, cancellationToken);
        }
    }

    // A finding says already that somebody must approve; of the others nobody speaks.
    private void WriteWaiting(IEnumerable<KeyReport> shown)
    {
        foreach (var report in shown.Where(report => report.Waiting is not null and not { AwaitsApproval: true }))
        {
            var due = report.Waiting!.DueAt is { } dueAt ? $" at {TimeText.Instant(dueAt)}" : "";
            context.Out.WriteLine(TextWrap.Wrap(
                $"{report.Id}: a new key waits and goes live{due}: keyrotator rotations show {report.Waiting.Id}", context.LineWidth, 0));
        }
    }

    private void WriteFindings(Page page, IEnumerable<Finding> ofKeys)
    {
        var all = page.Surroundings.Concat(ofKeys).ToList();
        if (all.Count == 0)
        {
            return;
        }

        context.Out.WriteLine();
        var causesFirst = all.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Key.Subject.Kind is SubjectKind.Key);
        new FindingList(context, page.Attention, page.Now).Write(causesFirst);
    }

    private sealed record Page(
        IReadOnlyList<ManagedKey> Keys,
        IReadOnlyList<Finding> Surroundings,
        FindingAttention Attention,
        DateTimeOffset Now,
        ReportTally Tally);
}
