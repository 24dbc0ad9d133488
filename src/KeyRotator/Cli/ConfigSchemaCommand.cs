using System.CommandLine;
using KeyRotator.Configuration;

namespace KeyRotator.Cli;

/// <summary><c>config schema</c>: the JSON Schema of the configuration.</summary>
internal static class ConfigSchemaCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context)
    {
        var command = new Command("schema", "Print the JSON Schema of the configuration, for editors");
        command.SetAction(_ => context.Out.Write(SettingsSchema.Write()));
        return command;
    }
}
