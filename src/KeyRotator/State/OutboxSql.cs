namespace KeyRotator.State;

/// <summary>The outbox's longer statements.</summary>
internal static class OutboxSql
{
    // The outer conditions repeat the inner ones: an engine that lets two claims run at once tests them again on the row it waited for.
    public const string Claim =
        $"""
        UPDATE outbox SET {Begin}
        WHERE finished_at IS NULL AND due_at <= @now AND sequence IN (
          SELECT waiting.sequence FROM outbox AS waiting
          WHERE waiting.channel = @channel AND waiting.finished_at IS NULL AND waiting.due_at <= @now AND waiting.held_until <= @now
            AND {IsNext}
          ORDER BY waiting.sequence LIMIT @limit)
        RETURNING sequence, fence, channel, alert, attempts - 1, enqueued_at
        """;

    // Told by itself, first of its finding on its channel, and the channel takes messages.
    public const string IsNext =
        """
        waiting.gathers = FALSE AND NOT EXISTS (
          SELECT 1 FROM outbox AS earlier
          WHERE earlier.finding_id = waiting.finding_id AND earlier.channel = waiting.channel AND earlier.finished_at IS NULL
            AND earlier.sequence < waiting.sequence)
        AND NOT EXISTS (
          SELECT 1 FROM outbox_digest AS digest JOIN outbox AS earlier ON earlier.sequence = digest.sequence
          WHERE digest.finding_id = waiting.finding_id AND digest.channel = waiting.channel AND earlier.finished_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM channel_status WHERE channel_status.channel = waiting.channel AND disabled_at IS NOT NULL)
        """;

    // An attempt that began and did not end was a process's last: nobody knows how far it got.
    private const string Begin =
        "fence = fence + 1, attempts = attempts + 1, due_at = @lease_end, in_flight = TRUE, unsure = (unsure OR in_flight)";

    public const string ClaimOccasion =
        $"""
        UPDATE outbox SET {Begin}
        WHERE finding_id IS NULL AND channel = @channel AND occasion = @occasion AND finished_at IS NULL
        RETURNING sequence, fence, channel, alert, attempts - 1, enqueued_at
        """;

    public const string Record =
        """
        UPDATE outbox SET due_at = @due_at, outcome = @outcome, finished_at = @finished_at, http_status = @http_status,
          error = @error, in_flight = FALSE, unsure = (unsure OR @unsure)
        WHERE sequence = @sequence AND fence = @fence AND finished_at IS NULL
        RETURNING channel
        """;

    // Nobody has it: it was never tried, or every attempt ended with proof that it did not arrive.
    public const string IsUntold = "attempts = 0 OR (NOT in_flight AND NOT unsure)";

    public const string CancelUntold =
        $"""
        UPDATE outbox SET outcome = @outcome, finished_at = @now
        WHERE finding_id = @finding AND finished_at IS NULL AND ({IsUntold})
        """;

    // A digest that waits still is told; one that ended without arriving was not.
    public const string Told =
        """
        SELECT channel FROM outbox WHERE finding_id = @finding AND (outcome = 'Delivered' OR in_flight OR unsure)
        UNION
        SELECT told.channel FROM outbox_digest AS digest JOIN outbox AS told ON told.sequence = digest.sequence
        WHERE digest.finding_id = @finding
          AND (told.finished_at IS NULL OR told.outcome = 'Delivered' OR told.in_flight OR told.unsure)
        """;

    // A finding that is still open keeps the first message of each channel, and its digests: who was told of it must hear of its end.
    public const string Prune =
        """
        DELETE FROM outbox WHERE sequence IN (
          SELECT old.sequence FROM outbox AS old
          WHERE old.finished_at IS NOT NULL AND old.finished_at < @before
            AND (NOT EXISTS (SELECT 1 FROM finding WHERE finding.id = old.finding_id AND finding.resolved_at IS NULL)
              OR EXISTS (
                SELECT 1 FROM outbox AS told
                WHERE told.finding_id = old.finding_id AND told.channel = old.channel AND told.sequence < old.sequence
                  AND (told.outcome = 'Delivered' OR told.unsure)))
            AND NOT EXISTS (
              SELECT 1 FROM outbox_digest AS digest JOIN finding ON finding.id = digest.finding_id
              WHERE digest.sequence = old.sequence AND finding.resolved_at IS NULL)
          ORDER BY old.finished_at LIMIT @limit)
        """;

    public const string Backlog =
        $"""
        WITH RECURSIVE {WaitingChannels}
        SELECT channels.channel,
          (SELECT count(*) FROM outbox WHERE finished_at IS NULL AND outbox.channel = channels.channel),
          (SELECT enqueued_at FROM outbox WHERE finished_at IS NULL AND outbox.channel = channels.channel ORDER BY sequence LIMIT 1),
          last_delivered_at, failing_since, coalesce(consecutive_failures, 0), last_error, disabled_at, coalesce(gave_way, 0)
        FROM (SELECT channel FROM channel_status UNION SELECT channel FROM waits WHERE channel IS NOT NULL) AS channels
        LEFT JOIN channel_status ON channel_status.channel = channels.channel
        ORDER BY channels.channel
        """;

    public const string Waiting = $"WITH RECURSIVE {WaitingChannels} SELECT channel FROM waits WHERE channel IS NOT NULL";

    // From one channel to the next by the index: as many steps as there are channels, however many rows wait.
    private const string WaitingChannels =
        """
        waits (channel) AS (
          SELECT min(channel) FROM outbox WHERE finished_at IS NULL
          UNION ALL
          SELECT (SELECT min(outbox.channel) FROM outbox WHERE finished_at IS NULL AND outbox.channel > waits.channel)
          FROM waits WHERE waits.channel IS NOT NULL)
        """;
}
