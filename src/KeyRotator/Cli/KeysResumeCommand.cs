using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;

namespace KeyRotator.Cli;

/// <summary><c>keys resume</c>: ends what <c>keys suspend</c> began.</summary>
internal static class KeysResumeCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var names = NameArgument.Some("KEY", "Ids of keys that an operator suspended");
        var command = new Command("resume", "Let go of suspended keys: the next pass probes them") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            var keys = KeySelection.Choose(workbench.Inventory, parsed.GetRequiredValue(names));
            Refuse(await workbench.Suspensions.ResumeAsync(keys, cancellationToken));
            Write(context, keys, common.FormatOf(parsed));
        });
        return command;
    }

    private static void Refuse(IReadOnlyList<ManagedKey> free)
    {
        var faults = free.Select(key => key.Suspension is { IsDeclared: true }
            ? $"Key {key.Id} is suspended by the configuration: take `suspended: true` out there."
            : $"Key {key.Id} is not suspended.");
        if (string.Join('\n', faults) is { Length: > 0 } all)
        {
            throw CliException.Usage($"{all}\nNothing was changed.");
        }
    }

    private static void Write(CliContext context, IReadOnlyList<ManagedKey> keys, OutputFormat format)
    {
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json =>
            {
                json.WriteStartObject();
                json.WriteStrings("resumed", [.. keys.Select(key => key.Id.Value)]);
                json.WriteEndObject();
            });
            return;
        }

        foreach (var key in keys)
        {
            context.Out.WriteLine(key.Suspension is { IsDeclared: true }
                ? $"resumed {key.Id}; it stays suspended by the configuration (`suspended: true`)"
                : $"resumed {key.Id}: the next pass probes it");
        }
    }
}
