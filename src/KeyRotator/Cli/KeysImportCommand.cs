using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Import;

namespace KeyRotator.Cli;

/// <summary><c>keys import</c>: prints a configuration for the keys found among variables. Never a value.</summary>
internal static class KeysImportCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context)
    {
        var fromEnvironment = new Option<bool>("--from-env") { Description = "Look among the variables of this shell" };
        var file = new Option<string?>("--env-file") { Description = "Look into a .env file", HelpName = "PATH" };
        var command = new Command("import", "Print a configuration for the keys that are found; never a value") { fromEnvironment, file };
        command.SetAction(parsed =>
        {
            var found = (parsed.GetValue(fromEnvironment), parsed.GetValue(file)) switch
            {
                (true, null) => KeyImport.FromEnvironment(context.Variables()),
                (false, { } path) => KeyImport.FromDotEnv(Path.Combine(context.Directory, path)),
                _ => throw CliException.Usage("Say where to look: either --from-env or --env-file PATH."),
            };
            Print(context, found);
        });
        return command;
    }

    private static void Print(CliContext context, ImportResult found)
    {
        foreach (var fault in found.Faults)
        {
            var file = SettingsSource.Name(context, found.File ?? "");
            context.Error.WriteLine(Printable.Of($"{file}:{fault.Line}: {fault.Message}"));
        }

        if (found.Keys.Count == 0)
        {
            throw CliException.Usage("No key was found: no variable of a provider is set, and no other looks like a key.");
        }

        context.Out.Write(found.ToYaml());
    }
}
