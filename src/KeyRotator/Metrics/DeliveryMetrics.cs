namespace KeyRotator.Metrics;

/// <summary>What is told of alerts on their way.</summary>
internal static class DeliveryMetrics
{
    private const string Channel = "channel";

    public static readonly MetricFamily Attempts = new(
        "keyrotator.notifications", MetricKind.Counter, "{attempt}",
        "Attempts of this process to deliver alerts, by channel and how they ended.", Channel, "result");

    public static readonly MetricFamily Queue = new(
        "keyrotator.notification.queue_length", MetricKind.Gauge, "{message}", "Alerts that wait, by channel.", Channel);

    public static readonly MetricFamily QueueLimit = new(
        "keyrotator.notification.queue_limit", MetricKind.Gauge, "{message}", "How many alerts may wait for a channel.");

    public static readonly MetricFamily OldestAt = new(
        "keyrotator.notification.queue_oldest.timestamp", MetricKind.Gauge, "s",
        "Since when the oldest waiting alert waits; absent where none does.", Channel);

    public static readonly MetricFamily DeliveredAt = new(
        "keyrotator.notification.last_success.timestamp", MetricKind.Gauge, "s", "When an alert was last delivered.", Channel);

    public static readonly MetricFamily FailingSince = new(
        "keyrotator.notification.failing_since.timestamp", MetricKind.Gauge, "s",
        "Since when no alert was delivered; absent where the last one was.", Channel);

    public static readonly MetricFamily Disabled = new(
        "keyrotator.notification.channel_disabled", MetricKind.Gauge, "", "Whether the channel asked for no more alerts (410).", Channel);

    public static readonly MetricFamily GaveWay = new(
        "keyrotator.notification.gave_way", MetricKind.Gauge, "{message}",
        "Alerts that were dropped for want of room, since there was room.", Channel);

    public static readonly MetricFamily HeartbeatTakenAt = new(
        "keyrotator.heartbeat.last_success.timestamp", MetricKind.Gauge, "s", "When the watchdog last took the heartbeat.");

    public static readonly MetricFamily HeartbeatFailingSince = new(
        "keyrotator.heartbeat.failing_since.timestamp", MetricKind.Gauge, "s",
        "Since when the watchdog takes no heartbeat; absent where it took the last one.");

    public static IReadOnlyList<MetricFamily> All { get; } =
    [
        Attempts, Queue, QueueLimit, OldestAt, DeliveredAt, FailingSince, Disabled, GaveWay, HeartbeatTakenAt, HeartbeatFailingSince,
    ];
}
