using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>stores list</c>: the configured stores, what they can do, and what they cost. Opens none of them.</summary>
internal static class StoresListCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var command = new Command("list", "List the configured stores, what they can do, and how often they are called");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            var rows = await RowsAsync(context, settings, cancellationToken);
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                JsonOutput.Write(context, json => WriteJson(json, rows));
                return;
            }

            WriteTable(context, rows);
            WriteCalls(context, [.. rows.Where(row => !row.Can.IsLocal)]);
        });
        return command;
    }

    private static async Task<IReadOnlyList<StoreRow>> RowsAsync(
        CliContext context, Settings settings, CancellationToken cancellationToken)
    {
        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        await using var transaction = await workbench.Database.BeginReadAsync(cancellationToken);
        var usage = await StoreUsageTable.LoadAsync(transaction, cancellationToken);
        return
        [
            .. NameArgument.Resolve("store", workbench.Stores, []).Select(
                store => StoreRow.Of(settings, store, usage.GetValueOrDefault(store.Name))),
        ];
    }

    private static void WriteTable(CliContext context, IEnumerable<StoreRow> rows)
    {
        var table = new TextTable(new("STORE", Cut.Middle, 12), new("KIND"), new("ACCESS"), new("HISTORY"), new("LOCATIONS"));
        foreach (var row in rows)
        {
            var access = row.Can.ReadOnly ? "read" : "read, write";
            table.Add(row.Name, row.Kind, access, row.Can.HasVersions ? "yes" : "no", $"{row.Locations}");
        }

        table.Write(context.Out, context.LineWidth, context.Paint);
    }

    private static void WriteCalls(CliContext context, IReadOnlyList<StoreRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var table = new TextTable(
            new("CALLS", Cut.Middle, 12), new("READ"), new("LIST"), new("WRITE"), new("SINCE"), new("A MONTH, ABOUT"), new("PRICE"));
        foreach (var row in rows)
        {
            var used = row.Used;
            table.Add(
                row.Name,
                Number(used?.Reads ?? 0),
                Number(used?.Lists ?? 0),
                Number(used?.Writes ?? 0),
                used?.Since.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-",
                row.Expected.Lists > 0
                    ? $"{Number(row.Expected.Reads)} + {Number(row.Expected.Lists)} lists"
                    : Number(row.Expected.Reads),
                row.Price is { } price ? string.Create(CultureInfo.InvariantCulture, $"{price:0.00} USD ({row.PriceAsOf})") : "-");
        }

        context.Out.WriteLine();
        table.Write(context.Out, context.LineWidth, context.Paint);
    }

    private static void WriteJson(Utf8JsonWriter json, IEnumerable<StoreRow> rows)
    {
        json.WriteStartObject();
        json.WriteStartArray("stores");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteString("kind", row.Kind);
            json.WriteNumber("locations", row.Locations);
            json.WriteBoolean("readOnly", row.Can.ReadOnly);
            json.WriteBoolean("canStage", row.Can.CanStage);
            json.WriteBoolean("hasVersions", row.Can.HasVersions);
            json.WriteBoolean("conditionalWrite", row.Can.ConditionalWrite);
            json.WriteBoolean("billsVersions", row.Can.BillsVersions);
            json.WriteNumber("maxBytes", row.Can.MaxBytes);
            row.WriteCalls(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Number(double count) => Math.Ceiling(count).ToString("#,0", CultureInfo.InvariantCulture);
}
