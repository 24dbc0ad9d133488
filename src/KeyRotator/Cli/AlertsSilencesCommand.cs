using System.CommandLine;
using System.Globalization;
using KeyRotator.Alerts;
using KeyRotator.Cli.Output;

namespace KeyRotator.Cli;

/// <summary><c>alerts silences</c> and <c>alerts unsilence</c>: what is silenced, and the end of that before its time.</summary>
internal static class AlertsSilencesCommand
{
    /// <summary>The verb that lists them.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var all = new Option<bool>("--all") { Description = "Also those that are over (kept for 400 days)" };
        var command = new Command("silences", "List the silences") { all };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            var silences = await workbench.Silences.ListAsync(parsed.GetValue(all), cancellationToken);
            Write(context, silences, parsed.GetValue(all), common.FormatOf(parsed));
        });
        return command;
    }

    /// <summary>The verb that ends some.</summary>
    public static Command CreateEnd(CliContext context, CommonOptions common)
    {
        var names = NameArgument.Some("ID", "Numbers of silences, as alerts silences lists them");
        var command = new Command("unsilence", "End silences before their time: what waited and is still open is told") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var ids = Numbers(parsed.GetRequiredValue(names));
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            await workbench.Silences.EndAsync(ids, found => Judge(found, context.Time.GetUtcNow()), cancellationToken);
            Tell(context, ids, common.FormatOf(parsed));
        });
        return command;
    }

    private static List<long> Numbers(string[] names)
    {
        UsageErrors.ThrowAny(names.Where(name => !IsNumber(name, out _)).Select(name =>
            $"{Typed.Show(name)} is no number of a silence: keyrotator alerts silences lists them."));
        return [.. names.Select(name => IsNumber(name, out var number) ? number : 0).Distinct()];
    }

    private static bool IsNumber(string name, out long number) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static void Judge(IReadOnlyList<(long Id, Silence? Silence)> found, DateTimeOffset now) =>
        UsageErrors.ThrowAny(found.Select(one => one switch
        {
            (var id, null) => $"There is no silence {id}.",
            (var id, { EndedAt: { } ended, EndedBy: var by }) =>
                $"Silence {id} was ended by {Printable.Of(by)} at {TimeText.Instant(ended)}.",
            (var id, { } silence) when !silence.Holds(now) => $"Silence {id} is over since {TimeText.Instant(silence.Until)}.",
            _ => null,
        }));

    private static void Tell(CliContext context, List<long> ids, OutputFormat format)
    {
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("ended");
                ids.ForEach(json.WriteNumberValue);
                json.WriteEndArray();
                json.WriteEndObject();
            });
            return;
        }

        foreach (var id in ids)
        {
            context.Out.WriteLine($"ended silence {id}: what waited for it and is still open is told with the next pass");
        }
    }

    private static void Write(CliContext context, IReadOnlyList<Silence> silences, bool all, OutputFormat format)
    {
        var now = context.Time.GetUtcNow();
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json =>
            {
                json.WriteStartArray();
                foreach (var silence in silences)
                {
                    json.WriteStartObject();
                    SilenceJson.WriteMembers(json, silence, now);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        if (silences.Count == 0)
        {
            context.Out.WriteLine(all ? "There is no silence." : "Nothing is silenced.");
            return;
        }

        var table = new TextTable(
            new("ID"), new("UNTIL"), new("MATCH", Cut.End, 20), new("BY", Cut.End, 8), new("REASON", Cut.End, 12));
        foreach (var silence in silences)
        {
            var match = silence.Matches.Count == 0 ? "cannot be read, covers nothing" : string.Join(' ', silence.Matches);
            table.Add($"{silence.Id}", Until(silence, now), match, silence.By, silence.Reason);
        }

        table.Write(context.Out, context.LineWidth, context.Paint);
    }

    private static string Until(Silence silence, DateTimeOffset now) => silence switch
    {
        { EndedAt: { } ended } => $"ended {TimeText.Instant(ended)}",
        _ when silence.Holds(now) => TimeText.InstantAndAgo(silence.Until, now),
        _ => $"over {TimeText.Instant(silence.Until)}",
    };
}
