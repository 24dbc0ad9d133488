using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Findings;

namespace KeyRotator.State;

/// <summary>How full the outbox is, and what goes where there is no more room.</summary>
internal static class OutboxRoom
{
    /// <summary>How many messages wait on a channel.</summary>
    public static async Task<long> WaitingAsync(StateTransaction transaction, string channel, CancellationToken cancellationToken)
    {
        var counts = await transaction.Prepare("SELECT count(*) FROM outbox WHERE finished_at IS NULL AND channel = @channel")
            .Set("@channel", channel)
            .ReadAsync(row => row.Long(), cancellationToken);
        return counts.Single();
    }

    /// <summary>The messages of a channel that are not under way, in their order.</summary>
    public static async Task<IReadOnlyList<WaitingMessage>> MessagesAsync(
        StateTransaction transaction, string channel, CancellationToken cancellationToken) => await transaction
        .Prepare(
            """
            SELECT waiting.sequence, waiting.occasion, finding.severity, CASE WHEN finding.id IS NULL THEN waiting.alert END
            FROM outbox AS waiting LEFT JOIN finding ON finding.id = waiting.finding_id
            WHERE waiting.channel = @channel AND waiting.finished_at IS NULL AND NOT waiting.in_flight
            ORDER BY waiting.sequence
            """)
        .Set("@channel", channel)
        .ReadAsync(Read, cancellationToken);

    /// <summary>Drops messages, and counts them for the channel.</summary>
    public static async Task DropAsync(
        StateTransaction transaction,
        string channel,
        IReadOnlyCollection<long> sequences,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var drop = transaction.Prepare(
            "UPDATE outbox SET outcome = 'GaveWay', error = 'gave-way', finished_at = @now WHERE sequence = @sequence");
        foreach (var sequence in sequences)
        {
            await drop.Set("@now", now).Set("@sequence", sequence).ExecuteAsync(cancellationToken);
        }

        await ChannelTable.GiveWayAsync(transaction, channel, sequences.Count, cancellationToken);
    }

    /// <summary>Makes what waits for its next attempt due at once.</summary>
    public static Task HastenAsync(StateTransaction transaction, string channel, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction
            .Prepare(
                """
                UPDATE outbox SET due_at = @now
                WHERE channel = @channel AND finished_at IS NULL AND gathers = FALSE AND NOT in_flight AND attempts > 0 AND due_at > @now
                """)
            .Set("@now", now)
            .Set("@channel", channel)
            .ExecuteAsync(cancellationToken);

    private static WaitingMessage Read(Row row)
    {
        var (sequence, occasion, severity) = (row.Long(), row.Text(), row.MemberOrNull<Severity>());
        var alert = row.TextOrNull() is { } text ? JsonSerializer.Deserialize(text, StateJson.Default.Alert) : null;
        return new(sequence, occasion, severity ?? alert?.Severity ?? Severity.Critical, alert);
    }
}
