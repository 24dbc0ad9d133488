using System.CommandLine;
using KeyRotator.Audit;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>audit list</c>: the newest acts.</summary>
internal static class AuditListCommand
{
    private const int Default = 50;
    private const int Most = 10_000;

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var key = new Option<string?>("--key") { Description = "Acts on one key alone", HelpName = "KEY" };
        var since = AuditOptions.Since();
        var limit = new Option<int>("--limit") { Description = "How many at most", HelpName = "N", DefaultValueFactory = _ => Default };
        var command = new Command("list", "List acts, the newest first") { key, since, limit };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var from = AuditOptions.SinceOf(parsed.GetValue(since), context.Time.GetUtcNow());
            var most = parsed.GetValue(limit) is >= 1 and <= Most and var count
                ? count
                : throw CliException.Usage($"--limit takes a number from 1 to {Most}, not {parsed.GetValue(limit)}.");
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            var rows = await ReadAsync(workbench, parsed.GetValue(key), from, most, cancellationToken);
            Write(context, rows, common.FormatOf(parsed));
        });
        return command;
    }

    // A key that was forgotten is in the audit alone.
    private static async Task<IReadOnlyList<AuditRow>> ReadAsync(
        Workbench workbench, string? key, DateTimeOffset since, int limit, CancellationToken cancellationToken)
    {
        await using var transaction = await workbench.Database.BeginReadAsync(cancellationToken);
        if (key is not null && !(KeyId.TryParse(key, out var id) && workbench.Inventory.Find(id) is not null)
            && (await AuditTable.NewestAsync(transaction, key, DateTimeOffset.MinValue, 1, cancellationToken)).Count == 0)
        {
            throw NameArgument.Unknown("key", key, [.. workbench.Inventory.Keys.Select(known => known.Id.Value)]);
        }

        return await AuditTable.NewestAsync(transaction, key, since, limit, cancellationToken);
    }

    private static void Write(CliContext context, IReadOnlyList<AuditRow> rows, OutputFormat format)
    {
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json =>
            {
                json.WriteStartArray();
                foreach (var row in rows)
                {
                    AuditJson.Write(json, row);
                }

                json.WriteEndArray();
            });
            return;
        }

        var table = new TextTable(
            new("SEQ"), new("AT"), new("ACTOR", Cut.Middle, 8), new("HOW", Cut.End, 6), new("ACT", Cut.End, 9), new(
                "TARGET", Cut.Middle, 12),
            new("OUTCOME", Cut.End, 7), new("REASON", Cut.End, 12));
        foreach (var row in rows)
        {
            var at = FormattableString.Invariant($"{row.At:yyyy-MM-dd HH:mm:ss}Z");
            table.Add($"{row.Sequence}", at, row.Actor, row.How, row.Act, row.Target, row.Outcome, row.Reason);
        }

        table.Write(context.Out, context.LineWidth, context.Paint);
    }
}
