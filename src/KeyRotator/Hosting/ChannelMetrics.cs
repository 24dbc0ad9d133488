using System.Text;
using KeyRotator.Alerts;
using KeyRotator.State;

namespace KeyRotator.Hosting;

/// <summary>What is known of the channels.</summary>
/// <param name="Channels">Each channel's queue and record.</param>
/// <param name="Attempts">How many attempts of this process ended how.</param>
/// <param name="Heartbeat">The sign of life, or null where none was sent.</param>
internal sealed record ChannelFigures(
    IReadOnlyList<ChannelBacklog> Channels, IReadOnlyDictionary<AttemptKind, long> Attempts, HeartbeatRow? Heartbeat);

/// <summary>The channels' numbers. Label values are names of configured channels, which need no escaping.</summary>
internal static class ChannelMetrics
{
    private const string Prefix = "keyrotator_notification";

    /// <summary>Writes them all.</summary>
    public static void Write(StringBuilder text, ChannelFigures figures)
    {
        MetricsText.Head(text, $"{Prefix}s_total", "counter", "Attempts to deliver alerts, by channel and how they ended.");
        foreach (var (kind, count) in figures.Attempts.OrderBy(entry => (entry.Key.Channel, entry.Key.Result)))
        {
            MetricsText.Sample(text, $"{Prefix}s_total{{channel=\"{kind.Channel}\",result=\"{kind.Result}\"}}", count);
        }

        Gauge(text, figures, "queue_length", "Alerts that wait, by channel.", channel => channel.Waiting);
        Gauge(
            text, figures, "queue_oldest_timestamp_seconds", "Since when the oldest waiting alert waits.",
            channel => Seconds(channel.OldestAt));
        Gauge(
            text, figures, "last_success_timestamp_seconds", "When an alert was last delivered.",
            channel => Seconds(channel.LastDeliveredAt));
        Gauge(
            text, figures, "failing_since_timestamp_seconds", "Since when no alert was delivered; absent where the last one was.",
            channel => Seconds(channel.FailingSince));
        Gauge(
            text, figures, "channel_disabled", "Whether the channel asked for no more alerts (410).",
            channel => channel.DisabledAt is null ? 0 : 1);
        if (figures.Heartbeat is { } heartbeat)
        {
            WriteHeartbeat(text, heartbeat);
        }
    }

    private static void WriteHeartbeat(StringBuilder text, HeartbeatRow heartbeat)
    {
        const string Name = "keyrotator_heartbeat_last_success_timestamp_seconds";
        MetricsText.Head(text, Name, "gauge", "When the watchdog last took the heartbeat.");
        if (Seconds(heartbeat.SucceededAt) is { } succeeded)
        {
            MetricsText.Sample(text, Name, succeeded);
        }
    }

    private static void Gauge(StringBuilder text, ChannelFigures figures, string name, string help, Func<ChannelBacklog, double?> of)
    {
        MetricsText.Head(text, $"{Prefix}_{name}", "gauge", help);
        foreach (var channel in figures.Channels)
        {
            if (of(channel) is { } value)
            {
                MetricsText.Sample(text, $"{Prefix}_{name}{{channel=\"{channel.Channel}\"}}", value);
            }
        }
    }

    private static double? Seconds(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() / 1000.0;
}
