using System.CommandLine;
using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Stores;

namespace KeyRotator.Cli;

/// <summary><c>rotations recover</c>: what rotations left in the stores, also where the database that knew of them is lost.</summary>
internal sealed class RotationsRecoverCommand(CliContext context, CommonOptions common)
{
    private readonly Option<string?> _store = new("--store") { Description = "Look into this store only", HelpName = "STORE" };
    private readonly Option<string[]> _close = new("--close")
    {
        Description = "Remove mark, pins and staged version from a secret: the store's name, then the secret's. What is current stays",
        HelpName = "STORE NAME",
        Arity = new ArgumentArity(2, 2),
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _yes = new("--yes") { Description = "Do not ask" };

    /// <summary>The verb.</summary>
    public Command Create()
    {
        var command = new Command("recover", "List what rotations left in the stores, and remove it") { _store, _close, _yes };
        command.SetAction(async (parsed, cancellationToken) => (int)await RunAsync(parsed, cancellationToken));
        return command;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
        var marks = new StoreMarks(context.CreateRotations(workbench));
        var close = parsed.GetValue(_close) ?? [];
        var store = close is [var named, _] ? named : parsed.GetValue(_store);
        if (store is not null && !settings.Stores.ContainsKey(store))
        {
            throw CliException.Usage($"There is no store {Typed.Show(store)}: see `keyrotator stores list`. Nothing was changed.");
        }

        if (close is [_, var name])
        {
            await CloseAsync(marks, new() { Store = store!, Name = name }, parsed, cancellationToken);
            return ExitCode.Success;
        }

        var found = await marks.FindAsync(store, cancellationToken);
        Write(found, common.FormatOf(parsed));
        return found.Faults.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private async Task CloseAsync(
        StoreMarks marks, SecretLocation place, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            var mark = await marks.AtAsync(place, cancellationToken)
                ?? throw CliException.Usage($"No rotation left anything at {Typed.Show(place.ToString())}. Nothing was changed.");
            Confirm(mark, parsed.GetValue(_yes));
            await marks.CloseAsync(mark, cancellationToken);
            context.Out.WriteLine(Printable.Of($"Removed from {place}: {mark.Words}."));
        }
        catch (RotationRefusedException refusal)
        {
            throw CliException.Usage(refusal.Message);
        }
        catch (SecretStoreException failure)
        {
            throw CliException.Failed(failure.Message);
        }
    }

    private void Confirm(StoreMark mark, bool isAgreed)
    {
        if (isAgreed)
        {
            return;
        }

        if (!context.IsInputTerminal)
        {
            throw CliException.Usage($"{mark.Place} has: {mark.Words}. To remove that, say --yes. Nothing was changed.");
        }

        var question = $"{mark.Place} has: {mark.Words}. Remove that? Type yes";
        if (new TerminalPrompt(context).ReadShown(Printable.Of(question)).Trim() != "yes")
        {
            throw CliException.Usage("Nothing was changed.");
        }
    }

    private void Write(MarksFound found, OutputFormat format)
    {
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json => Write(json, found));
        }
        else
        {
            foreach (var mark in found.Marks)
            {
                var whose = mark.OpenRotation is { } open ? $"rotation {open} is open here"
                    : $"no open rotation here; `rotations recover --close {mark.Place.Store} {mark.Place.Name}` removes it";
                var by = mark.Installation is { } id ? $", of installation {id}" : "";
                context.Out.WriteLine(Printable.Of($"{mark.Place}  {mark.Words}{by}: {whose}"));
            }

            context.Out.WriteLine(found.Marks.Count == 0 ? "No rotation left anything in the stores." : $"{found.Marks.Count} in all.");
        }

        context.Out.Flush();
        foreach (var fault in found.Faults)
        {
            context.Error.WriteLine(Printable.Of(fault));
        }
    }

    private static void Write(Utf8JsonWriter json, MarksFound found)
    {
        json.WriteStartArray();
        foreach (var mark in found.Marks)
        {
            json.WriteStartObject();
            json.WriteString("store", mark.Place.Store);
            json.WriteString("name", mark.Place.Name);
            json.WriteString("mark", mark.Rotation);
            json.WriteString("installation", mark.Installation);
            json.WriteString("stagedVersion", mark.Staged?.Id);
            json.WriteStrings("pinnedVersions", mark.Pins.Values.Select(version => version.Id));
            json.WriteNumberOrNull("openRotation", (int?)mark.OpenRotation);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
