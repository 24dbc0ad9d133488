using System.CommandLine;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;

namespace KeyRotator.Cli;

/// <summary><c>keys list</c>: the inventory as it is declared. Touches neither database nor store.</summary>
internal static class KeysListCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var command = new Command("list", "List the keys as they are declared");
        command.SetAction(parsed =>
        {
            var keys = SettingsSource.Load(context, common.ConfigOf(parsed)).Keys;
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                JsonOutput.Write(context, json => WriteJson(json, keys));
                return;
            }

            WriteTable(context, keys);
        });
        return command;
    }

    /// <summary>What is declared of a key, as members.</summary>
    public static void WriteDeclaration(Utf8JsonWriter json, ManagedKey key)
    {
        json.WriteBoolean("suspended", key.Suspended);
        json.WriteStartObject("labels");
        foreach (var (name, value) in key.Labels)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStrings("models", key.Models);
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
