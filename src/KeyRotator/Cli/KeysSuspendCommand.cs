using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>keys suspend</c>: an operator holds keys. They are neither read nor probed, and alert nobody.</summary>
internal sealed class KeysSuspendCommand
{
    private readonly CliContext _context;
    private readonly CommonOptions _common;
    private readonly Argument<string[]> _keys = NameArgument.Some("KEY", "Ids of keys");
    private readonly Option<string> _reason = new("--reason")
    {
        Description = "Why, for whoever asks later",
        HelpName = "TEXT",
        Required = true,
    };

    private readonly Option<string?> _until = new("--until")
    {
        Description = "Resume by itself then: a day (to its end), a time in UTC as in 2027-01-31T08:00Z, or a span as in 4h",
        HelpName = "TIME",
    };

    private KeysSuspendCommand(CliContext context, CommonOptions common)
    {
        _context = context;
        _common = common;
    }

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var suspend = new KeysSuspendCommand(context, common);
        var command = new Command("suspend", "Hold keys: neither probed nor alerted on, until they are resumed")
        {
            suspend._keys, suspend._reason, suspend._until,
        };
        command.SetAction((parsed, cancellationToken) => suspend.RunAsync(parsed, cancellationToken));
        return command;
    }

    private async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var suspension = new Suspension
        {
            Since = _context.Time.GetUtcNow(),
            By = _context.Actor,
            Reason = ReasonText.Of(parsed.GetRequiredValue(_reason)),
            Until = UntilTime.Of("--until", parsed.GetValue(_until), _context.Time.GetUtcNow()),
        };
        var settings = SettingsSource.Load(_context, _common.ConfigOf(parsed));
        await using var workbench = await Workbench.OpenAsync(_context, settings, cancellationToken);
        var keys = KeySelection.Choose(workbench.Inventory, parsed.GetRequiredValue(_keys));
        Refuse(keys);
        var held = await workbench.Suspensions.SuspendAsync(keys, suspension, cancellationToken);
        Refuse([.. keys.Where(key => held.ContainsKey(key.Id)).Select(key => key.HeldBy(held[key.Id]))]);
        await TellAsync(workbench, keys, suspension, _common.FormatOf(parsed), cancellationToken);
    }

    private static void Refuse(IReadOnlyList<ManagedKey> keys)
    {
        var faults = keys.Where(key => key.Suspended).Select(key => key.Suspension is { IsByOperator: true } held
            ? $"Key {key.Id} is suspended already, by {Printable.Of(held.By)} since {TimeText.Instant(held.Since)}: resume it first to say "
                + "something else."
            : $"Key {key.Id} is suspended by the configuration already (`suspended: true`).");
        if (string.Join('\n', faults) is { Length: > 0 } all)
        {
            throw CliException.Usage($"{all}\nNothing was changed.");
        }
    }

    private async Task TellAsync(
        Workbench workbench,
        IReadOnlyList<ManagedKey> keys,
        Suspension suspension,
        OutputFormat format,
        CancellationToken cancellationToken)
    {
        await using var transaction = await workbench.Database.BeginReadAsync(cancellationToken);
        var rotations = await RotationTable.OpenOfAsync(transaction, keys.Select(key => key.Id), cancellationToken);
        if (format is OutputFormat.Json)
        {
            WriteJson(keys, suspension, rotations);
            return;
        }

        var until = suspension.Until is { } end ? $" until {TimeText.Instant(end)}" : "";
        foreach (var key in keys)
        {
            _context.Out.WriteLine($"suspended {key.Id}{until}: it is not probed and alerts nobody");
            if (rotations.TryGetValue(key.Id, out var rotation))
            {
                _context.Out.WriteLine(
                    $"  its rotation {rotation.Id} goes on, with its own alerts: keyrotator rotations show {rotation.Id}");
            }
        }
    }

    private void WriteJson(
        IReadOnlyList<ManagedKey> keys, Suspension suspension, IReadOnlyDictionary<KeyId, KeyRotation> rotations) =>
        JsonOutput.Write(_context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("suspended");
            foreach (var key in keys)
            {
                json.WriteStartObject();
                json.WriteString("id", key.Id.Value);
                KeyJson.WriteSuspension(json, suspension);
                json.WriteNumberOrNull("openRotation", (int?)rotations.GetValueOrDefault(key.Id)?.Id);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
}
