using System.CommandLine;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;

namespace KeyRotator.Cli;

/// <summary><c>config validate</c>: every fault and warning of the configuration.</summary>
internal static class ConfigValidateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var command = new Command("validate", "Print every fault and warning of the configuration");
        command.SetAction(parsed =>
        {
            var result = SettingsSource.Read(context, common.ConfigOf(parsed));
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                JsonOutput.Write(context, json => WriteJson(json, context, result));
            }
            else
            {
                WriteText(context, result);
            }

            return (int)ExitCodes.For(new ExitFacts { IsUsageFault = result.Settings is null }, FailOn.Critical);
        });
        return command;
    }

    private static void WriteText(CliContext context, LoadResult result)
    {
        foreach (var line in SettingsSource.Describe(context, result.Faults))
        {
            context.Out.WriteLine(line);
        }

        foreach (var line in SettingsSource.Describe(context, result.Warnings))
        {
            context.Out.WriteLine($"{line} (warning)");
        }

        var faults = KeyTable.Count(result.Faults.Count, "fault");
        var verdict = result.Settings is { } settings ? $"valid, {KeyTable.Count(settings.Keys.Count, "key")}" : faults;
        context.Out.WriteLine($"{verdict}, {KeyTable.Count(result.Warnings.Count, "warning")}");
    }

    private static void WriteJson(Utf8JsonWriter json, CliContext context, LoadResult result)
    {
        json.WriteStartObject();
        json.WriteBoolean("valid", result.Settings is not null);
        WriteFaults(json, context, "faults", result.Faults);
        WriteFaults(json, context, "warnings", result.Warnings);
        json.WriteEndObject();
    }

    private static void WriteFaults(Utf8JsonWriter json, CliContext context, string name, IReadOnlyList<ConfigurationFault> faults)
    {
        json.WriteStartArray(name);
        foreach (var fault in faults)
        {
            json.WriteStartObject();
            json.WriteString("file", SettingsSource.Name(context, fault.File));
            json.WriteNumber("line", fault.Line);
            json.WriteNumber("column", fault.Column);
            json.WriteString("path", fault.Path);
            json.WriteString("message", fault.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
