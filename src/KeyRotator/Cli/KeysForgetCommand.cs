using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Discovery;
using KeyRotator.Keys;

namespace KeyRotator.Cli;

/// <summary><c>keys forget</c>: lets go of keys that were found by tag and are gone.</summary>
internal static class KeysForgetCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var names = NameArgument.Some("KEY", "Ids of keys that disappeared from discovery");
        var command = new Command("forget", "Forget keys that disappeared from discovery, with their history and findings") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            var keys = KeySelection.Choose(workbench.Inventory, parsed.GetRequiredValue(names));
            RefuseDeclared(keys);
            var forgetting = new KeyForgetting(settings, workbench.Database, workbench.Inventory, context.Time);
            RefuseThere(await forgetting.ForgetAsync(keys, cancellationToken));
            Write(context, keys, common.FormatOf(parsed));
        });
        return command;
    }

    private static void RefuseDeclared(IReadOnlyList<ManagedKey> keys)
    {
        if (keys.FirstOrDefault(key => !key.IsDiscovered) is { } declared)
        {
            throw CliException.Usage(
                $"Key {declared.Id} is declared in the configuration: take it out there. Nothing was forgotten.");
        }
    }

    private static void RefuseThere(IReadOnlyList<ManagedKey> keys)
    {
        if (keys is [var there, ..])
        {
            throw CliException.Usage(
                $"Key {there.Id} is still found at {Printable.Of(there.Primary.ToString())}: take the tag off that secret and let a check "
                + "see it. Nothing was forgotten.");
        }
    }

    private static void Write(CliContext context, IReadOnlyList<ManagedKey> keys, OutputFormat format)
    {
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json =>
            {
                json.WriteStartObject();
                json.WriteStrings("forgotten", [.. keys.Select(key => key.Id.Value)]);
                json.WriteEndObject();
            });
            return;
        }

        foreach (var key in keys)
        {
            context.Out.WriteLine($"forgot {key.Id}");
        }
    }
}
