using System.CommandLine;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Stores;

namespace KeyRotator.Cli;

/// <summary><c>stores list</c>: the configured stores and what they can do. Opens none of them.</summary>
internal static class StoresListCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var command = new Command("list", "List the configured stores and what they can do");
        command.SetAction(parsed =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            var stores = NameArgument.Resolve("store", SecretStores.CreateAll(settings, context.Time), []);
            var rows = stores.Select(store => Row(settings, store)).ToList();
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                JsonOutput.Write(context, json => WriteJson(json, rows));
                return;
            }

            WriteTable(context, rows);
        });
        return command;
    }

    private static StoreRow Row(Settings settings, ISecretStore store) => new(
        store.Name,
        settings.Stores[store.Name].Kind,
        store.Capabilities,
        settings.Keys.SelectMany(key => key.Locations).Count(location => location.Store == store.Name));

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
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private sealed record StoreRow(string Name, string Kind, StoreCapabilities Can, int Locations);
}
