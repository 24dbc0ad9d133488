namespace KeyRotator.State;

/// <summary>The outbox's longer statements.</summary>
internal static class OutboxSql
{
    // The outer conditions repeat the inner ones: an engine that lets two claims run at once tests them again on the row it waited for.
    public const string Claim =
        $"""
        UPDATE outbox SET fence = fence + 1, attempts = attempts + 1, due_at = @lease_end
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
        waiting.gathers = 0 AND NOT EXISTS (
          SELECT 1 FROM outbox AS earlier
          WHERE earlier.finding_id = waiting.finding_id AND earlier.channel = waiting.channel AND earlier.finished_at IS NULL
            AND earlier.sequence < waiting.sequence)
        AND NOT EXISTS (
          SELECT 1 FROM outbox_digest AS digest JOIN outbox AS earlier ON earlier.sequence = digest.sequence
          WHERE digest.finding_id = waiting.finding_id AND digest.channel = waiting.channel AND earlier.finished_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM channel_status WHERE channel_status.channel = waiting.channel AND disabled_at IS NOT NULL)
        """;

    public const string ClaimOccasion =
        """
        UPDATE outbox SET fence = fence + 1, attempts = attempts + 1, due_at = @lease_end
        WHERE finding_id IS NULL AND channel = @channel AND occasion = @occasion AND finished_at IS NULL
        RETURNING sequence, fence, channel, alert, attempts - 1, enqueued_at
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
                WHERE told.finding_id = old.finding_id AND told.channel = old.channel AND told.attempts > 0
                  AND told.sequence < old.sequence))
            AND NOT EXISTS (
              SELECT 1 FROM outbox_digest AS digest JOIN finding ON finding.id = digest.finding_id
              WHERE digest.sequence = old.sequence AND finding.resolved_at IS NULL)
          ORDER BY old.finished_at LIMIT @limit)
        """;

    public const string Backlog =
        """
        SELECT channels.channel, coalesce(waits.waiting, 0), waits.oldest_at, last_delivered_at, failing_since,
          coalesce(consecutive_failures, 0), last_error, disabled_at
        FROM (SELECT channel FROM channel_status UNION SELECT channel FROM outbox WHERE finished_at IS NULL) AS channels
        LEFT JOIN (
          SELECT channel, count(*) AS waiting, min(enqueued_at) AS oldest_at FROM outbox WHERE finished_at IS NULL GROUP BY channel
        ) AS waits ON waits.channel = channels.channel
        LEFT JOIN channel_status ON channel_status.channel = channels.channel
        ORDER BY channels.channel
        """;
}
