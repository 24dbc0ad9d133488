using System.Text.Json;
using KeyRotator.Alerts;

namespace KeyRotator.State;

/// <summary>Messages on their way. Written in the transaction of the finding that they tell of; order is the sequence, never the
/// clock.</summary>
internal static class OutboxTable
{
    private const string Cancelled = "Cancelled";

    /// <summary>Adds messages. One whose (finding, channel, occasion) is there already is left out: nothing is told twice. So is a reminder
    /// of what the channel is still to be told.</summary>
    public static async Task EnqueueAsync(
        StateTransaction transaction, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        var insert = transaction.Prepare(
            """
            INSERT INTO outbox (finding_id, channel, occasion, alert, enqueued_at, due_at, gathers, group_key, group_every, ready_at,
              silence_id, held_until, fence, attempts)
            SELECT @finding, @channel, @occasion, @alert, @enqueued_at, @due_at, @gathers, @group, @every, @ready_at, @silence, 0, 0, 0
            WHERE NOT @reminds OR NOT EXISTS (
              SELECT 1 FROM outbox AS earlier
              WHERE earlier.finding_id = @finding AND earlier.channel = @channel AND earlier.finished_at IS NULL)
            ON CONFLICT (finding_id, channel, occasion) DO NOTHING
            RETURNING sequence
            """);
        transaction.NoteMessages();
        foreach (var message in messages)
        {
            var added = await insert.Set("@finding", message.Finding)
                .Set("@channel", message.Channel)
                .Set("@occasion", message.Occasion)
                .Set("@alert", JsonSerializer.Serialize(message.Alert, StateJson.Default.Alert))
                .Set("@enqueued_at", message.Alert.At)
                .Set("@due_at", message.NotBefore)
                .Set("@gathers", message.Group is not null)
                .Set("@group", message.Group?.Key)
                .Set("@every", message.Group?.Every.Ticks ?? 0)
                .Set("@ready_at", message.ReadyAt)
                .Set("@reminds", message.Alert.Kind is AlertKind.Reminder)
                .Set("@silence", message.SilenceId)
                .ReadAsync(row => row.Long(), cancellationToken);
            await OutboxDigestTable.AddAsync(transaction, message, added, cancellationToken);
            foreach (var sequence in added)
            {
                await OutboxStale.SupersedeAsync(transaction, message, sequence, cancellationToken);
            }
        }
    }

    /// <summary>Claims up to <paramref name="limit"/> messages of one channel that are due, in their order: not before their time, not
    /// claimed by a live lease, and with no earlier undelivered message of the same finding and channel. Each claim raises the row's fence.
    /// A disabled channel has none.</summary>
    public static async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(
        StateTransaction transaction, string channel, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken)
    {
        var claimed = await transaction.Prepare(OutboxSql.Claim)
            .Set("@channel", channel)
            .Set("@now", now)
            .Set("@lease_end", now + lease)
            .Set("@limit", limit)
            .ReadAsync(ReadClaimed, cancellationToken);
        return [.. claimed.OrderBy(message => message.Sequence)];
    }

    /// <summary>Claims one message that tells of no single finding, past all that waits and also where the channel is disabled: what a test
    /// needs.</summary>
    public static async Task<ClaimedMessage> ClaimOccasionAsync(
        StateTransaction transaction,
        string channel,
        string occasion,
        DateTimeOffset now,
        TimeSpan lease,
        CancellationToken cancellationToken)
    {
        var claimed = await transaction.Prepare(OutboxSql.ClaimOccasion)
            .Set("@channel", channel)
            .Set("@occasion", occasion)
            .Set("@lease_end", now + lease)
            .ReadAsync(ReadClaimed, cancellationToken);
        return claimed.Single();
    }

    /// <summary>Records the end of one attempt, for the message and for its channel. False where the fence has moved on: somebody else
    /// holds the row now, and nothing was changed. Gone also disables the channel, until <see cref="ChannelTable.EnableAsync"/>.</summary>
    public static async Task<bool> RecordAsync(StateTransaction transaction, DeliveryRecord record, CancellationToken cancellationToken)
    {
        var goesOn = record.Outcome == DeliveryOutcome.Retry || record is { Outcome: DeliveryOutcome.Gone, NextAttemptAt: not null };
        var channels = await transaction.Prepare(OutboxSql.Record)
            .Set("@due_at", record.NextAttemptAt ?? record.At)
            .Set("@outcome", goesOn ? null : record.Outcome.ToString())
            .Set("@finished_at", goesOn ? null : record.At)
            .Set("@http_status", record.Status)
            .Set("@error", record.Error)
            .Set("@unsure", record.MayHaveArrived)
            .Set("@sequence", record.Sequence)
            .Set("@fence", record.Fence)
            .ReadAsync(row => row.Text(), cancellationToken);
        if (channels.Count == 0)
        {
            return false;
        }

        await ChannelTable.RecordAsync(transaction, channels[0], record, cancellationToken);
        return true;
    }

    /// <summary>Puts off the undelivered messages of held findings until the given time, in place of any time before; a past time lets them
    /// go. What tells of a finding's end is not held.</summary>
    public static async Task HoldAsync(
        StateTransaction transaction, IReadOnlyCollection<long> findings, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var hold = transaction.Prepare(
            "UPDATE outbox SET held_until = @until WHERE finding_id = @finding AND finished_at IS NULL "
            + "AND occasion NOT IN ('resolved', 'withdrawn')");
        await hold.ExecuteManyAsync(
            [.. findings], (each, finding) => each.Set("@until", until).Set("@finding", finding), cancellationToken);
    }

    /// <summary>Lets go at once of messages that waited for their time and were never tried, save those that a silence keeps.</summary>
    public static async Task ExpediteAsync(
        StateTransaction transaction, IReadOnlyCollection<long> findings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var expedite = transaction.Prepare(
            """
            UPDATE outbox SET due_at = CASE WHEN silence_id IS NULL THEN @now ELSE due_at END, ready_at = @now
            WHERE finding_id = @finding AND finished_at IS NULL AND attempts = 0 AND ready_at > @now
            """);
        await expedite.ExecuteManyAsync(
            [.. findings], (each, finding) => each.Set("@now", now).Set("@finding", finding), cancellationToken);
    }

    /// <summary>Cancels the messages of a finding that surely reached nobody, and lets go of those that may have, so that its end can
    /// follow them; returns the channels that may have heard of it, or will in a digest. A finding nobody was told of needs no
    /// resolve.</summary>
    public static async Task<IReadOnlySet<string>> CancelUntoldAsync(
        StateTransaction transaction, long finding, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await transaction.Prepare(OutboxSql.CancelUntold)
            .Set("@outcome", Cancelled)
            .Set("@now", now)
            .Set("@finding", finding)
            .ExecuteAsync(cancellationToken);
        await transaction.Prepare("UPDATE outbox SET held_until = 0 WHERE finding_id = @finding AND finished_at IS NULL AND held_until > 0")
            .Set("@finding", finding)
            .ExecuteAsync(cancellationToken);
        var told = await transaction.Prepare(OutboxSql.Told)
            .Set("@finding", finding)
            .ReadAsync(row => row.Text(), cancellationToken);
        return told.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>How many messages wait on each channel, since when the oldest, and how its last attempts went. Channels that nothing was
    /// ever sent to and nothing waits for are not in it.</summary>
    public static async Task<IReadOnlyList<ChannelBacklog>> BacklogAsync(
        StateTransaction transaction, CancellationToken cancellationToken) => await transaction
        .Prepare(OutboxSql.Backlog)
        .ReadAsync(ReadBacklog, cancellationToken);

    /// <summary>The channels that messages wait for.</summary>
    public static async Task<IReadOnlyList<string>> WaitingChannelsAsync(
        StateTransaction transaction, CancellationToken cancellationToken) =>
        await transaction.Prepare(OutboxSql.Waiting).ReadAsync(row => row.Text(), cancellationToken);

    /// <summary>Removes messages finished before the given time. At most <paramref name="limit"/> rows; returns how many went.</summary>
    public static Task<int> PruneAsync(
        StateTransaction transaction, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        transaction.Prepare(OutboxSql.Prune).Set("@before", before).Set("@limit", limit).ExecuteAsync(cancellationToken);

    private static ClaimedMessage ReadClaimed(Row row) =>
        new(row.Long(), row.Long(), row.Text(), JsonSerializer.Deserialize(row.Text(), StateJson.Default.Alert)!, row.Int(), row.Time());

    private static ChannelBacklog ReadBacklog(Row row) => new(
        row.Text(), row.Long(), row.TimeOrNull(), row.TimeOrNull(), row.TimeOrNull(), row.Int(), row.TextOrNull(), row.TimeOrNull())
    { GaveWay = row.Long() };
}
