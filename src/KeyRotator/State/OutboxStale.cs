namespace KeyRotator.State;

/// <summary>Ends messages that have become stale before anybody got them.</summary>
internal static class OutboxStale
{
    // Who got one of its findings by another message hears of the end by this one, perhaps: such a digest stays.
    private const string Over =
        $"""
        UPDATE outbox SET outcome = 'Cancelled', finished_at = @now WHERE sequence IN (
          SELECT waiting.sequence FROM outbox AS waiting
          WHERE waiting.finding_id IS NULL AND waiting.finished_at IS NULL AND ({OutboxSql.IsUntold})
            AND EXISTS (SELECT 1 FROM outbox_digest AS digest WHERE digest.sequence = waiting.sequence)
            AND NOT EXISTS (
              SELECT 1 FROM outbox_digest AS digest LEFT JOIN finding ON finding.id = digest.finding_id
              WHERE digest.sequence = waiting.sequence AND (
                (finding.id IS NOT NULL AND finding.resolved_at IS NULL)
                OR EXISTS (
                  SELECT 1 FROM outbox AS told
                  WHERE told.finding_id = digest.finding_id AND told.channel = waiting.channel AND {IsTold})
                OR EXISTS (
                  SELECT 1 FROM outbox_digest AS other JOIN outbox AS told ON told.sequence = other.sequence
                  WHERE other.finding_id = digest.finding_id AND other.channel = waiting.channel
                    AND other.sequence <> waiting.sequence AND (told.finished_at IS NULL OR {IsTold})))))
        RETURNING sequence, channel
        """;

    private const string IsTold = "(told.outcome = 'Delivered' OR told.in_flight OR told.unsure)";

    private const string Behind =
        $"""
        UPDATE outbox SET outcome = 'Cancelled', finished_at = @now
        WHERE finished_at IS NULL AND channel = @channel AND ({OutboxSql.IsUntold})
          AND finding_id IN (SELECT finding_id FROM outbox_digest WHERE sequence = @sequence)
        """;

    private const string Overtaken =
        """
        UPDATE outbox SET outcome = 'Superseded', finished_at = @now
        WHERE finding_id = @finding AND channel = @channel AND finished_at IS NULL AND gathers = FALSE AND attempts = 0
          AND sequence < @sequence AND substr(occasion, 1, CAST(@length AS INTEGER)) = @prefix
        """;

    private static readonly string[] s_series = ["reminder-", "rung-"];

    /// <summary>Cancels the digests that nobody has and all of whose findings are over, and what waits behind them: nobody hears of the end
    /// of what nobody heard of. Returns how many digests went.</summary>
    public static async Task<int> CancelOverAsync(StateTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var over = await transaction.Prepare(Over)
            .Set("@now", now)
            .ReadAsync(row => (Sequence: row.Long(), Channel: row.Text()), cancellationToken);
        var behind = transaction.Prepare(Behind).Set("@now", now);
        foreach (var digest in over)
        {
            await behind.Set("@sequence", digest.Sequence).Set("@channel", digest.Channel).ExecuteAsync(cancellationToken);
        }

        return over.Count;
    }

    /// <summary>Ends what a new message overtakes before it was ever tried: reminders by the next one, rungs by a lower one.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="message">The new message.</param>
    /// <param name="sequence">Its row.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task SupersedeAsync(
        StateTransaction transaction, OutboxMessage message, long sequence, CancellationToken cancellationToken)
    {
        if (message.Finding is { } finding
            && s_series.FirstOrDefault(series => message.Occasion.StartsWith(series, StringComparison.Ordinal)) is { } prefix)
        {
            await transaction.Prepare(Overtaken)
                .Set("@now", message.Alert.At)
                .Set("@finding", finding)
                .Set("@channel", message.Channel)
                .Set("@sequence", sequence)
                .Set("@prefix", prefix)
                .Set("@length", prefix.Length)
                .ExecuteAsync(cancellationToken);
        }
    }
}
