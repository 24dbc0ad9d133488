using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Audit;
using KeyRotator.Cli.Output;
using KeyRotator.Http;
using KeyRotator.Ledger;
using KeyRotator.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace KeyRotator.Cli;

/// <summary><c>alerts enable</c>: lets a channel have messages again whose receiver asked for no more, and sends what waits.</summary>
internal static class AlertsEnableCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var names = NameArgument.Some("CHANNEL", "Names of channels");
        var command = new Command("enable", "Let channels have alerts again that answered 410, and send what waits") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            var channels = NameArgument.Resolve("channel", settings.Channels, parsed.GetRequiredValue(names));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            var results = new List<Enabled>();
            foreach (var channel in channels)
            {
                results.Add(await EnableAsync(workbench, channel, cancellationToken));
            }

            Print(context, common.FormatOf(parsed), results);
            return (int)ExitCodes.For(new ExitFacts { HasFailed = results.Any(result => !result.Passed) }, FailOn.Critical);
        });
        return command;
    }

    private static async Task<Enabled> EnableAsync(Workbench workbench, ChannelSettings channel, CancellationToken cancellationToken)
    {
        var before = await OpenAsync(workbench, channel.Name, cancellationToken);
        if (before.DisabledAt is null)
        {
            return new(before, before, 0);
        }

        using var http = OutboundHttp.CreateGuarded();
        var dispatcher = new AlertDispatcher(workbench.Database, http, workbench.Time, Random.Shared, NullLogger<AlertDispatcher>.Instance);
        var drained = await dispatcher.DrainAsync(channel, PassAlerts.Budget, cancellationToken);
        await using var transaction = await workbench.Database.BeginReadAsync(cancellationToken);
        return new(before, await BacklogAsync(transaction, channel.Name, cancellationToken), drained.Delivered);
    }

    // The decision and the audit's row are one transaction.
    private static async Task<ChannelBacklog> OpenAsync(Workbench workbench, string channel, CancellationToken cancellationToken)
    {
        var now = workbench.Time.GetUtcNow();
        await using var transaction = await workbench.Database.BeginWriteAsync(cancellationToken);
        var backlog = await BacklogAsync(transaction, channel, cancellationToken);
        if (backlog.DisabledAt is null)
        {
            return backlog;
        }

        await ChannelTable.EnableAsync(transaction, channel, cancellationToken);
        await OutboxRoom.HastenAsync(transaction, channel, now, cancellationToken);
        var entry = new AuditEntry
        {
            At = now,
            Actor = workbench.Database.Actor,
            Act = AuditActs.ChannelEnabled,
            TargetKind = AuditActs.Channel,
            Target = channel,
            Reason = string.Create(CultureInfo.InvariantCulture, $"It had answered 410; {backlog.Waiting} messages waited."),
        };
        await AuditTable.AddAsync(transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return backlog;
    }

    private static async Task<ChannelBacklog> BacklogAsync(
        StateTransaction transaction, string channel, CancellationToken cancellationToken) =>
        (await OutboxTable.BacklogAsync(transaction, cancellationToken)).SingleOrDefault(backlog => backlog.Channel == channel)
        ?? new(channel, 0, null, null, null, 0, null, null);

    private static void Print(CliContext context, OutputFormat format, IReadOnlyList<Enabled> results)
    {
        if (format is OutputFormat.Json)
        {
            JsonOutput.Write(context, json => WriteJson(json, results));
            return;
        }

        var steps = new StepList(context);
        foreach (var result in results)
        {
            steps.Write(result.Passed, result.After.Channel, result.Sentence);
        }
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<Enabled> results)
    {
        json.WriteStartObject();
        json.WriteStartArray("channels");
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.After.Channel);
            json.WriteTime("wasDisabledAt", result.Before.DisabledAt);
            json.WriteTime("disabledAt", result.After.DisabledAt);
            json.WriteNumber("delivered", result.Delivered);
            json.WriteNumber("waiting", result.After.Waiting);
            json.WriteString("error", result.After.LastError);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What became of one channel.</summary>
    private sealed record Enabled(ChannelBacklog Before, ChannelBacklog After, int Delivered)
    {
        public bool Passed => After.DisabledAt is null;

        public string Sentence => this switch
        {
            { Before.DisabledAt: null } => Text($"It was not disabled ({After.Waiting} waiting). Nothing was changed."),
            { After.DisabledAt: not null } =>
                Text($"The receiver answered 410 again, so it is disabled again ({After.Waiting} waiting)."),
            { Before.Waiting: 0 } => "It gets alerts again; none waited.",
            { After.Waiting: 0 } => Text($"It gets alerts again; {Before.Waiting} waited, {Delivered} delivered."),
            _ => Text($"It gets alerts again; {Before.Waiting} waited, {Delivered} delivered, {After.Waiting} waiting still: ")
                + "the service or the next check sends the rest.",
        };

        private static string Text(FormattableString text) => FormattableString.Invariant(text);
    }
}
