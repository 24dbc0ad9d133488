using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Audit;
using KeyRotator.Cli.Output;
using KeyRotator.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace KeyRotator.Cli;

/// <summary><c>alerts test</c>: sends a trial message to channels, by the same way as every other.</summary>
internal static class AlertsTestCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var names = NameArgument.Many("CHANNEL", "Names of channels; all where none is named");
        var command = new Command("test", "Send a trial message to alert channels") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            var channels = Choose(settings.Channels, parsed.GetRequiredValue(names));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            var results = await SendAsync(workbench, channels, cancellationToken);
            Print(context, common.FormatOf(parsed), results);
            return (int)ExitCodes.For(new ExitFacts { HasFailed = results.Any(result => !result.Passed) }, FailOn.Critical);
        });
        return command;
    }

    private static IReadOnlyList<ChannelSettings> Choose(IReadOnlyDictionary<string, ChannelSettings> channels, string[] names)
    {
        if (channels.Count == 0)
        {
            throw CliException.Usage("No alert channel is configured.");
        }

        return NameArgument.Resolve("channel", channels, names);
    }

    private static async Task<IReadOnlyList<ChannelTest>> SendAsync(
        Workbench workbench, IReadOnlyList<ChannelSettings> channels, CancellationToken cancellationToken)
    {
        using var http = OutboundHttp.CreateGuarded();
        var dispatcher = new AlertDispatcher(workbench.Database, http, workbench.Time, Random.Shared, NullLogger<AlertDispatcher>.Instance);
        var results = new List<ChannelTest>();
        foreach (var channel in channels)
        {
            var trial = new Trial(AuditActs.ChannelTried, AuditActs.Channel, channel.Name, "Sending a trial message.");
            var attempt = await workbench.Trials.RunAsync(
                trial, () => dispatcher.TestAsync(channel, cancellationToken), OutcomeOf, cancellationToken);
            results.Add(new ChannelTest(channel, attempt));
        }

        return results;
    }

    private static TrialOutcome OutcomeOf(DeliveryAttempt attempt) =>
        new(attempt.Outcome is DeliveryOutcome.Delivered, attempt.Sentence);

    private static void Print(CliContext context, OutputFormat format, IReadOnlyList<ChannelTest> results)
    {
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json => WriteJson(json, results));
            return;
        }

        var steps = new StepList(context);
        foreach (var result in results)
        {
            var attempt = result.Attempt;
            var milliseconds = attempt.Duration.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);
            steps.Write(result.Passed, result.Channel.Name, $"{attempt.Sentence} ({milliseconds} ms)");
        }
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<ChannelTest> results)
    {
        json.WriteStartObject();
        json.WriteStartArray("channels");
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Channel.Name);
            json.WriteString("kind", result.Channel.Kind);
            json.WriteBoolean("passed", result.Passed);
            json.WriteString("outcome", result.Attempt.Outcome.ToString());
            json.WriteNumberOrNull("httpStatus", result.Attempt.Status);
            json.WriteString("error", result.Attempt.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private sealed record ChannelTest(ChannelSettings Channel, DeliveryAttempt Attempt)
    {
        public bool Passed => Attempt.Outcome is DeliveryOutcome.Delivered;
    }
}
