using System.CommandLine;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Keys;

namespace KeyRotator.Cli;

/// <summary><c>keys list</c>: the inventory. Touches no store, and makes no database.</summary>
internal static class KeysListCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var command = new Command("list", "List the keys that are declared or were found by tag");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var keys = await KeysAsync(context, SettingsSource.Load(context, common.ConfigOf(parsed)), cancellationToken);
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                JsonOutput.Write(context, json => WriteJson(json, keys));
                return;
            }

            WriteTable(context, keys);
            WriteSuspensions(context, keys);
        });
        return command;
    }

    /// <summary>What is declared of a key, as members.</summary>
    public static void WriteDeclaration(Utf8JsonWriter json, ManagedKey key)
    {
        json.WriteBoolean("suspended", key.Suspended);
        json.WriteBoolean("discovered", key.IsDiscovered);
        json.WriteTime("goneSince", key.GoneSince);
        json.WriteStartObject("labels");
        foreach (var (name, value) in key.Labels)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStrings("models", key.Models);
    }

    private static async Task<IReadOnlyList<ManagedKey>> KeysAsync(
        CliContext context, Settings settings, CancellationToken cancellationToken)
    {
        var isKept = settings.Database.Server is not null || (settings.Database.Path is { } path && File.Exists(path));
        if (!isKept && settings.Stores.Values.All(store => store.Discover is null))
        {
            return settings.Keys;
        }

        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        return workbench.Inventory.Keys;
    }

    private static void WriteTable(CliContext context, IReadOnlyList<ManagedKey> keys)
    {
        var table = new TextTable(
            new("KEY", Cut.Middle, 16), new("PROVIDER", Cut.Middle, 8), new("ENV", Cut.End, 4), new("OWNER", Cut.End, 8),
            new("LAST DAY"), new("LOCATIONS", Cut.Middle, 20));
        foreach (var key in keys)
        {
            var more = key.Locations.Count > 1 ? $" +{key.Locations.Count - 1}" : "";
            table.Add(key.Id.Value, key.Provider, key.Environment, key.Owner, key.Expires?.On.ToString("O"), $"{key.Primary}{more}");
        }

        table.Write(context.Out, context.LineWidth, context.Paint);
        var discovered = keys.Count(key => key.IsDiscovered);
        if (discovered > 0)
        {
            var gone = keys.Count(key => key.GoneSince is not null);
            context.Out.WriteLine($"\n{discovered} of {keys.Count} found by tag{(gone > 0 ? $", {gone} of them gone since" : "")}.");
        }
    }

    private static void WriteSuspensions(CliContext context, IReadOnlyList<ManagedKey> keys)
    {
        var reports = keys.Where(key => key.Suspended).Select(key => KeyReports.Build(key, null, []));
        new KeyTable(context, context.Time.GetUtcNow()).WriteSuspensions(reports);
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<ManagedKey> keys)
    {
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            json.WriteString("id", key.Id.Value);
            json.WriteString("provider", key.Provider);
            json.WriteString("environment", key.Environment);
            json.WriteString("owner", key.Owner);
            json.WriteTime("expiresAt", key.Expires?.ExpiresAt);
            WriteDeclaration(json, key);
            KeyJson.WriteSuspension(json, key.Suspension);
            WriteLocations(json, key);
            json.WriteEndObject();
            json.FlushIfLong();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLocations(Utf8JsonWriter json, ManagedKey key)
    {
        json.WriteStartArray("locations");
        foreach (var location in key.Locations)
        {
            json.WriteStartObject();
            json.WriteString("store", location.Store);
            json.WriteString("name", location.Name);
            json.WriteString("field", location.Field);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
