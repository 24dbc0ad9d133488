using System.CommandLine;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Providers;

namespace KeyRotator.Cli;

/// <summary><c>providers list</c>: every provider kind there is.</summary>
internal static class ProvidersListCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var command = new Command("list", "List the provider kinds");
        command.SetAction(parsed =>
        {
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                JsonOutput.Write(context, WriteJson);
                return;
            }

            WriteTable(context);
        });
        return command;
    }

    private static void WriteTable(CliContext context)
    {
        var table = new TextTable(new("PROVIDER"), new("TITLE", Cut.End, 12), new("VARIABLE", Cut.End, 12), new("PROBE", Cut.End, 12));
        foreach (var provider in KeyProviders.All)
        {
            table.Add(provider.Kind, provider.Profile.Title, string.Join(", ", provider.Profile.Variables), provider.Profile.Probe);
        }

        table.Write(context.Out, context.LineWidth, context.Paint);
    }

    private static void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("providers");
        foreach (var provider in KeyProviders.All)
        {
            ProvidersShowCommand.WriteJson(json, provider);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
