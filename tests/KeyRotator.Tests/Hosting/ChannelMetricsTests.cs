using System.Text;
using KeyRotator.Alerts;
using KeyRotator.Hosting;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

public sealed class ChannelMetricsTests
{
    private static readonly DateTimeOffset s_at = DateTimeOffset.FromUnixTimeMilliseconds(1_795_255_200_500);

    [Fact]
    public void Write_Channels_AreOneSampleEach()
    {
        var text = new StringBuilder();
        ChannelBacklog[] channels =
        [
            new("audit", 0, null, s_at, null, 0, null, null),
            new("ops", 7, s_at, null, s_at, 4, "gone", s_at),
        ];
        var attempts = new Dictionary<AttemptKind, long> { [new("ops", "retried")] = 4, [new("audit", "delivered")] = 9 };

        ChannelMetrics.Write(text, new(channels, attempts, new(s_at, s_at, null, null)));

        text.ToString().Split('\n').Where(line => !line.StartsWith('#')).ShouldBe(
        [
            "keyrotator_notifications_total{channel=\"audit\",result=\"delivered\"} 9",
            "keyrotator_notifications_total{channel=\"ops\",result=\"retried\"} 4",
            "keyrotator_notification_queue_length{channel=\"audit\"} 0",
            "keyrotator_notification_queue_length{channel=\"ops\"} 7",
            "keyrotator_notification_queue_oldest_timestamp_seconds{channel=\"ops\"} 1795255200.5",
            "keyrotator_notification_last_success_timestamp_seconds{channel=\"audit\"} 1795255200.5",
            "keyrotator_notification_failing_since_timestamp_seconds{channel=\"ops\"} 1795255200.5",
            "keyrotator_notification_channel_disabled{channel=\"audit\"} 0",
            "keyrotator_notification_channel_disabled{channel=\"ops\"} 1",
            "keyrotator_heartbeat_last_success_timestamp_seconds 1795255200.5",
            "",
        ]);
    }

    [Fact]
    public void Write_HeartbeatNeverTaken_HasNoSample()
    {
        var text = new StringBuilder();

        ChannelMetrics.Write(text, new([], new Dictionary<AttemptKind, long>(), new(s_at, null, s_at, "dns")));

        text.ToString().ShouldNotContain("\nkeyrotator_heartbeat_last_success_timestamp_seconds ");
    }
}
