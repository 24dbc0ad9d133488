using KeyRotator.Alerts;
using KeyRotator.Metrics;
using KeyRotator.State;

namespace KeyRotator.Hosting.Exposition;

/// <summary>What is told of alerts on their way.</summary>
internal static class DeliverySeries
{
    /// <summary>Adds what this process did.</summary>
    public static void AddAttempts(MetricsSnapshot snapshot, IReadOnlyDictionary<AttemptKind, long> attempts)
    {
        snapshot.Add(
            DeliveryMetrics.Attempts,
            attempts.OrderBy(entry => (entry.Key.Channel, entry.Key.Result))
                .Select(entry => new Sample(entry.Value, entry.Key.Channel, entry.Key.Result)));
        snapshot.Add(DeliveryMetrics.QueueLimit, OutboxTidying.MostWaiting);
    }

    /// <summary>Adds what is on record. Every configured channel has a queue, if an empty one.</summary>
    public static void Add(MetricsSnapshot snapshot, StateFigures figures, IEnumerable<string> configured)
    {
        ChannelBacklog[] channels =
        [
            .. figures.Channels
                .UnionBy(configured.Select(Idle), channel => channel.Channel)
                .OrderBy(channel => channel.Channel, StringComparer.Ordinal),
        ];
        void Gauge(MetricFamily family, Func<ChannelBacklog, double?> of) => snapshot.Add(
            family, channels.Where(channel => of(channel) is not null).Select(channel => new Sample(of(channel)!.Value, channel.Channel)));

        Gauge(DeliveryMetrics.Queue, channel => channel.Waiting);
        Gauge(DeliveryMetrics.OldestAt, channel => Unix.SecondsOrNull(channel.OldestAt));
        Gauge(DeliveryMetrics.DeliveredAt, channel => Unix.SecondsOrNull(channel.LastDeliveredAt));
        Gauge(DeliveryMetrics.FailingSince, channel => Unix.SecondsOrNull(channel.FailingSince));
        Gauge(DeliveryMetrics.Disabled, channel => channel.DisabledAt is null ? 0 : 1);
        Gauge(DeliveryMetrics.GaveWay, channel => channel.GaveWay);
        snapshot.Add(DeliveryMetrics.HeartbeatTakenAt, Unix.SecondsOrNull(figures.Heartbeat?.SucceededAt));
        snapshot.Add(DeliveryMetrics.HeartbeatFailingSince, Unix.SecondsOrNull(figures.Heartbeat?.FailingSince));
    }

    private static ChannelBacklog Idle(string channel) => new(channel, 0, null, null, null, 0, null, null);
}
