namespace KeyRotator.State;

/// <summary>What asks for messages that wait to be told together.</summary>
internal static class OutboxGroupSql
{
    // A message from a time ahead was written before the clock was set back: its times say nothing.
    public const string DueGroups =
        """
        SELECT DISTINCT waiting.channel, waiting.group_key, waiting.group_every FROM outbox AS waiting
        WHERE waiting.gathers AND waiting.finished_at IS NULL AND (waiting.due_at <= @now OR waiting.enqueued_at > @latest)
          AND waiting.held_until <= @now
          AND NOT EXISTS (
            SELECT 1 FROM alert_group AS told
            WHERE told.channel = waiting.channel AND told.group_key = waiting.group_key
              AND told.told_at <= @now AND told.told_at + waiting.group_every > @now)
        ORDER BY waiting.channel, waiting.group_key
        """;

    public const string PassGroups =
        """
        SELECT DISTINCT waiting.channel, waiting.group_key, waiting.group_every FROM outbox AS waiting
        WHERE waiting.gathers AND waiting.finished_at IS NULL AND (waiting.ready_at <= @now OR waiting.enqueued_at > @latest)
          AND waiting.held_until <= @now
          AND (waiting.silence_id IS NULL OR waiting.due_at <= @now)
        ORDER BY waiting.channel, waiting.group_key
        """;

    // A message never overtakes an earlier one of its finding that is on its way, nor one of a past finding of the same name: the last
    // that people read would be that it is over. The newest of several comes first.
    public const string Ready =
        $"""
        SELECT waiting.sequence, waiting.finding_id, waiting.alert,
          (SELECT incident FROM alert_incident AS member
           WHERE member.channel = waiting.channel AND member.finding_id = waiting.finding_id),
          EXISTS (SELECT 1 FROM outbox AS told
            WHERE told.finding_id = waiting.finding_id AND told.channel = waiting.channel
              AND (told.outcome = 'Delivered' OR told.in_flight OR told.unsure)),
          EXISTS (SELECT 1 FROM finding AS old JOIN finding AS dead
              ON dead.subject_kind = old.subject_kind AND dead.subject = old.subject AND dead.reason IN ('KeyRejected', 'KeyExpired')
              AND dead.resolved_at IS NULL AND dead.held_until IS NULL
            WHERE old.id = waiting.finding_id AND old.reason IN ('KeyExpiring', 'RotationOverdue'))
        FROM outbox AS waiting
        WHERE waiting.channel = @channel AND waiting.group_key = @group AND waiting.gathers AND waiting.finished_at IS NULL
          AND (waiting.ready_at <= @now OR waiting.enqueued_at > @latest) AND waiting.held_until <= @now
          AND (waiting.silence_id IS NULL OR waiting.due_at <= @now)
          AND NOT EXISTS (SELECT 1 FROM outbox AS earlier
            WHERE earlier.finding_id = waiting.finding_id AND earlier.channel = waiting.channel AND earlier.finished_at IS NULL
              AND earlier.gathers = FALSE)
          AND NOT EXISTS (SELECT 1 FROM outbox_digest AS digest JOIN outbox AS earlier ON earlier.sequence = digest.sequence
            WHERE digest.finding_id = waiting.finding_id AND digest.channel = waiting.channel AND earlier.finished_at IS NULL)
          AND NOT EXISTS (SELECT 1 {PastOfIt} JOIN outbox AS earlier ON earlier.finding_id = past.id
            WHERE {IsOnItsWay} AND earlier.gathers = FALSE)
          AND NOT EXISTS (SELECT 1 {PastOfIt} JOIN outbox_digest AS digest ON digest.finding_id = past.id
            JOIN outbox AS earlier ON earlier.sequence = digest.sequence WHERE {IsOnItsWay})
        ORDER BY waiting.sequence DESC
        """;

    private const string PastOfIt =
        """
        FROM finding AS it JOIN finding AS past
          ON past.subject_kind = it.subject_kind AND past.subject = it.subject AND past.reason = it.reason AND past.mark = it.mark
            AND past.resolved_at IS NOT NULL AND past.id < it.id
        """;

    private const string IsOnItsWay =
        "it.id = waiting.finding_id AND earlier.channel = waiting.channel AND earlier.finished_at IS NULL";
}
