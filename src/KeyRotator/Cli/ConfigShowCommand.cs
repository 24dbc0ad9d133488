using System.CommandLine;
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
                JsonOutput.Write(context, json => SettingsView.Describe(settings).WriteTo(json));
                return;
            }

            context.Out.Write(SettingsView.Write(settings));
        });
        return command;
    }
}
