using System.CommandLine;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;

namespace KeyRotator.Cli;

/// <summary><c>config show</c>: the configuration in force: files merged, variables put in, secrets as a marker.</summary>
internal static class ConfigShowCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var command = new Command("show", "Print the configuration in force, with secrets redacted");
        command.SetAction(parsed =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            if (common.FormatOf(parsed) is OutputFormat.Json)
            {
                JsonOutput.Write(context, json => WriteJson(json, settings));
                return;
            }

            WriteYaml(context.Out, settings);
        });
        return command;
    }

    private static void WriteYaml(TextWriter output, Settings settings)
    {
        foreach (var (name, value) in SettingsTree.WithoutKeys(settings))
        {
            YamlText.Write(output, name, value, 0, name == "alerts" ? 2 : 1);
        }

        output.WriteLine(settings.Keys.Count == 0 ? "keys: {}" : "keys:");
        foreach (var key in settings.Keys)
        {
            YamlText.Write(output, key.Id.Value, SettingsTree.Key(key, settings.Defaults), 2, 1);
        }
    }

    private static void WriteJson(Utf8JsonWriter json, Settings settings)
    {
        json.WriteStartObject();
        foreach (var (name, value) in SettingsTree.WithoutKeys(settings))
        {
            json.WritePropertyName(name);
            value?.WriteTo(json);
        }

        json.WriteStartObject("keys");
        foreach (var key in settings.Keys)
        {
            json.WritePropertyName(key.Id.Value);
            SettingsTree.Key(key, settings.Defaults).WriteTo(json);
            json.FlushIfLong();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
