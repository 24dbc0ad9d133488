using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Audit;
using KeyRotator.Cli.Output;
using KeyRotator.Http;
using KeyRotator.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace KeyRotator.Cli;

/// <summary><c>alerts test</c>: sends channels each kind of message once, marked as a test, by the same way as every other.</summary>
internal static class AlertsTestCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var names = NameArgument.Many("CHANNEL", "Names of channels; all where none is named");
        var command = new Command("test", "Send alert channels each kind of message once, marked as a test") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            var channels = Choose(settings.Channels, parsed.GetRequiredValue(names));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            var results = await SendAsync(context, workbench, channels, cancellationToken);
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
        CliContext context, Workbench workbench, IReadOnlyList<ChannelSettings> channels, CancellationToken cancellationToken)
    {
        using var http = OutboundHttp.CreateGuarded();
        var dispatcher = new AlertDispatcher(
            workbench.Database, http, workbench.Time, Random.Shared, NullLogger<AlertDispatcher>.Instance, workbench.Share(context.Lines));
        var results = new List<ChannelTest>();
        foreach (var channel in channels)
        {
            var trial = new Trial(AuditActs.ChannelTried, AuditActs.Channel, channel.Name, "Sending trial messages.");
            var messages = TrialAlerts.Of(workbench.Database.InstallationId, channel, workbench.Time.GetUtcNow());
            results.Add(await workbench.Trials.RunAsync(
                trial, () => TryAsync(dispatcher, channel, messages, cancellationToken), OutcomeOf, cancellationToken));
        }

        return results;
    }

    // What comes after a message that was not taken would only fail too.
    private static async Task<ChannelTest> TryAsync(
        AlertDispatcher dispatcher, ChannelSettings channel, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var sent = new List<MessageTest>();
        foreach (var message in messages)
        {
            sent.Add(new(message.Alert.Kind, await dispatcher.TestAsync(channel, message, cancellationToken)));
            if (!sent[^1].Passed)
            {
                break;
            }
        }

        return new ChannelTest(channel, sent);
    }

    private static TrialOutcome OutcomeOf(ChannelTest test) => new(test.Passed, test.Last.Sentence);

    private static void Print(CliContext context, OutputFormat format, IReadOnlyList<ChannelTest> results)
    {
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json => WriteJson(json, results));
            return;
        }

        var steps = new StepList(context);
        foreach (var (channel, message) in results.SelectMany(result => result.Messages.Select(message => (result.Channel, message))))
        {
            var milliseconds = message.Attempt.Duration.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture);
            steps.Write(message.Passed, channel.Name, $"{Word(message.Kind)}: {message.Attempt.Sentence} ({milliseconds} ms)");
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
            WriteAttempt(json, result.Last);
            json.WriteStartArray("messages");
            foreach (var message in result.Messages)
            {
                json.WriteStartObject();
                json.WriteString("kind", message.Kind.ToString());
                WriteAttempt(json, message.Attempt);
                json.WriteNumber("milliseconds", (long)message.Attempt.Duration.TotalMilliseconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteAttempt(Utf8JsonWriter json, DeliveryAttempt attempt)
    {
        json.WriteString("outcome", attempt.Outcome.ToString());
        json.WriteNumberOrNull("httpStatus", attempt.Status);
        json.WriteString("error", attempt.Error);
    }

    private static string Word(AlertKind kind) => kind.ToString().ToLowerInvariant();

    private sealed record MessageTest(AlertKind Kind, DeliveryAttempt Attempt)
    {
        public bool Passed => Attempt.Outcome is DeliveryOutcome.Delivered;
    }

    private sealed record ChannelTest(ChannelSettings Channel, IReadOnlyList<MessageTest> Messages)
    {
        public bool Passed => Messages.All(message => message.Passed);

        public DeliveryAttempt Last => Messages[^1].Attempt;
    }
}
