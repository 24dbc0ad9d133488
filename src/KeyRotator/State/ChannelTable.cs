using KeyRotator.Alerts;

namespace KeyRotator.State;

/// <summary>How deliveries to each channel went.</summary>
internal static class ChannelTable
{
    // One delivery after the other changes nothing but the second: that is not written each time.
    private static readonly string s_delivered =
        $"""
        INSERT INTO channel_status (channel, last_delivered_at, consecutive_failures) VALUES (@channel, @at, 0)
        ON CONFLICT (channel) DO UPDATE SET last_delivered_at = excluded.last_delivered_at, failing_since = NULL, consecutive_failures = 0,
          last_error = NULL, disabled_at = NULL
        WHERE channel_status.last_delivered_at IS NULL OR channel_status.failing_since IS NOT NULL
          OR channel_status.disabled_at IS NOT NULL OR channel_status.last_error IS NOT NULL OR channel_status.consecutive_failures > 0
          OR excluded.last_delivered_at NOT BETWEEN channel_status.last_delivered_at
            AND channel_status.last_delivered_at + {TimeSpan.TicksPerSecond}
        """;

    private const string Failed =
        """
        INSERT INTO channel_status (channel, failing_since, consecutive_failures, last_error, disabled_at)
        VALUES (@channel, @at, 1, @error, @disabled_at)
        ON CONFLICT (channel) DO UPDATE SET failing_since = coalesce(channel_status.failing_since, excluded.failing_since),
          consecutive_failures = channel_status.consecutive_failures + 1, last_error = excluded.last_error,
          disabled_at = coalesce(channel_status.disabled_at, excluded.disabled_at)
        """;

    /// <summary>Lets a channel that was disabled have messages again.</summary>
    public static Task EnableAsync(StateTransaction transaction, string channel, CancellationToken cancellationToken) => transaction
        .Prepare("UPDATE channel_status SET disabled_at = NULL WHERE channel = @channel")
        .Set("@channel", channel)
        .ExecuteAsync(cancellationToken);

    /// <summary>Counts messages that were dropped for want of room.</summary>
    public static Task GiveWayAsync(StateTransaction transaction, string channel, int count, CancellationToken cancellationToken) =>
        transaction
            .Prepare(
                """
                INSERT INTO channel_status (channel, consecutive_failures, gave_way) VALUES (@channel, 0, @count)
                ON CONFLICT (channel) DO UPDATE SET gave_way = channel_status.gave_way + excluded.gave_way
                """)
            .Set("@channel", channel)
            .Set("@count", count)
            .ExecuteAsync(cancellationToken);

    /// <summary>There is room again: what was dropped before counts no more.</summary>
    public static Task HasRoomAsync(StateTransaction transaction, string channel, CancellationToken cancellationToken) => transaction
        .Prepare("UPDATE channel_status SET gave_way = 0 WHERE channel = @channel AND gave_way > 0")
        .Set("@channel", channel)
        .ExecuteAsync(cancellationToken);

    /// <summary>Adds the end of one attempt. A message that was refused counts as a failure: nobody was told. A delivery enables the
    /// channel.</summary>
    internal static Task RecordAsync(
        StateTransaction transaction, string channel, DeliveryRecord record, CancellationToken cancellationToken)
    {
        if (record.Outcome == DeliveryOutcome.Delivered)
        {
            return transaction.Prepare(s_delivered).Set("@channel", channel).Set("@at", record.At).ExecuteAsync(cancellationToken);
        }

        return transaction.Prepare(Failed)
            .Set("@channel", channel)
            .Set("@at", record.At)
            .Set("@error", record.Error)
            .Set("@disabled_at", record.Outcome == DeliveryOutcome.Gone ? record.At : null)
            .ExecuteAsync(cancellationToken);
    }
}
