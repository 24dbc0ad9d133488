using System.Globalization;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.State;

namespace KeyRotator.Cli.Output;

/// <summary>Tells how the alert channels and the heartbeat are. Of addresses nothing is told.</summary>
internal sealed class ChannelReport(StateDatabase database, Settings settings)
{
    /// <summary>The members <c>channels</c> and <c>heartbeat</c> of an object.</summary>
    public async Task WriteJsonAsync(Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var (channels, heartbeat) = await ReadAsync(cancellationToken);
        json.WriteStartArray("channels");
        foreach (var channel in channels)
        {
            json.WriteStartObject();
            json.WriteString("name", channel.Channel);
            json.WriteString("kind", settings.Channels.GetValueOrDefault(channel.Channel)?.Kind);
            json.WriteTime("lastDeliveredAt", channel.LastDeliveredAt);
            json.WriteNumber("waiting", channel.Waiting);
            json.WriteTime("oldestAt", channel.OldestAt);
            json.WriteTime("failingSince", channel.FailingSince);
            json.WriteString("error", channel.LastError);
            json.WriteTime("disabledAt", channel.DisabledAt);
            json.WriteNumber("gaveWay", channel.GaveWay);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (settings.Heartbeat is null)
        {
            json.WriteNull("heartbeat");
            return;
        }

        json.WriteStartObject("heartbeat");
        json.WriteTime("triedAt", heartbeat?.TriedAt);
        json.WriteTime("succeededAt", heartbeat?.SucceededAt);
        json.WriteTime("failingSince", heartbeat?.FailingSince);
        json.WriteString("error", heartbeat?.Error);
        json.WriteEndObject();
    }

    /// <summary>A table of the channels, one line for the heartbeat; nothing where there is neither.</summary>
    public async Task WriteTableAsync(CliContext context, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (channels, heartbeat) = await ReadAsync(cancellationToken);
        if (channels.Count > 0)
        {
            await context.Out.WriteLineAsync();
            var table = new TextTable(
                new TextColumn("CHANNEL", Cut.Middle, 8), new TextColumn("KIND"), new TextColumn("LAST DELIVERY"), new TextColumn(
                    "WAITING"),
                new TextColumn("STATE", Cut.End, 20));
            foreach (var channel in channels)
            {
                var kind = settings.Channels.GetValueOrDefault(channel.Channel)?.Kind ?? "-";
                table.Add(channel.Channel, kind, TimeText.Ago(channel.LastDeliveredAt, now), Waiting(channel, now), State(channel, now));
            }

            table.Write(context.Out, context.LineWidth, context.Paint);
        }

        if (settings.Heartbeat is not null)
        {
            await context.Out.WriteLineAsync($"heartbeat: {Heartbeat(heartbeat, now)}");
        }
    }

    private static string Waiting(ChannelBacklog channel, DateTimeOffset now) => channel.Waiting == 0
        ? "0"
        : string.Create(CultureInfo.InvariantCulture, $"{channel.Waiting}, oldest {TimeText.Ago(channel.OldestAt, now)}");

    private static TextCell State(ChannelBacklog channel, DateTimeOffset now) => channel switch
    {
        { DisabledAt: { } disabled } => new TextCell(
            $"disabled {TimeText.Ago(disabled, now)} by a 410: keyrotator alerts enable {channel.Channel}", Colour.Red),
        { GaveWay: > 0 } => new TextCell(
            string.Create(CultureInfo.InvariantCulture, $"full: {channel.GaveWay} alerts gave way"), Colour.Red),
        { FailingSince: { } since } => new TextCell(
            $"failing for {TimeText.Span(now - since)}: {DeliveryError.Explain(channel.LastError)}", Colour.Red),
        { LastDeliveredAt: null } => "nothing was sent yet",
        _ => "ok",
    };

    private static string Heartbeat(HeartbeatRow? heartbeat, DateTimeOffset now) => heartbeat switch
    {
        null => "none was sent yet",
        { FailingSince: { } since } => $"not taken for {TimeText.Span(now - since)}: {DeliveryError.Explain(heartbeat.Error)}",
        _ => $"taken {TimeText.Ago(heartbeat.SucceededAt, now)}",
    };

    // Configured channels that were never used, and used ones that something still waits for.
    private async Task<Known> ReadAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginReadAsync(cancellationToken);
        var known = await OutboxTable.BacklogAsync(transaction, cancellationToken);
        var fresh = settings.Channels.Keys.Except(known.Select(channel => channel.Channel), StringComparer.Ordinal)
            .Select(name => new ChannelBacklog(name, 0, null, null, null, 0, null, null));
        var shown = known.Where(channel => channel.Waiting > 0 || settings.Channels.ContainsKey(channel.Channel)).Concat(fresh);
        return new(
            [.. shown.OrderBy(channel => channel.Channel, StringComparer.Ordinal)],
            await HeartbeatTable.FindAsync(transaction, cancellationToken));
    }

    private sealed record Known(IReadOnlyList<ChannelBacklog> Channels, HeartbeatRow? Heartbeat);
}
