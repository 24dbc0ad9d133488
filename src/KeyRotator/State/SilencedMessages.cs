using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Findings;

namespace KeyRotator.State;

/// <summary>Messages that wait for the end of a silence. Of each finding and channel one waits, the newest: the end of a silence tells what
/// is, not what was.</summary>
internal static class SilencedMessages
{
    private const string IsWaiting = "finished_at IS NULL AND attempts = 0 AND finding_id IS NOT NULL";

    // What is newer on the same way takes the place of what nobody was told.
    private const string Supersede =
        """
        UPDATE outbox SET outcome = 'Superseded', finished_at = @now
        WHERE finished_at IS NULL AND silence_id IS NOT NULL AND attempts = 0 AND EXISTS (
          SELECT 1 FROM outbox AS later
          WHERE later.finding_id = outbox.finding_id AND later.channel = outbox.channel AND later.finished_at IS NULL
            AND later.sequence > outbox.sequence)
        """;

    /// <summary>Adds messages; those of silenced findings wait for the end of the silence.</summary>
    public static async Task EnqueueAsync(
        StateTransaction transaction, IReadOnlyList<OutboxMessage> messages, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var silences = await SilenceTable.LiveAsync(transaction, now, cancellationToken);
        var anyWaits = await CountAsync(transaction, cancellationToken) > 0;
        var put = new List<OutboxMessage>(messages.Count);
        foreach (var message in messages)
        {
            var told = anyWaits ? await FirstWordAsync(transaction, message, cancellationToken) : message;
            put.Add(Silencing.Covering(told.Alert, silences, now) is { } silence
                ? told with { SilenceId = silence.Id, NotBefore = Later(silence.Until, told.NotBefore) }
                : told);
        }

        await OutboxTable.EnqueueAsync(transaction, put, cancellationToken);
        foreach (var finding in put.Where(_ => anyWaits).Select(message => message.Finding).OfType<long>().Distinct())
        {
            await transaction.Prepare(Supersede + " AND finding_id = @finding")
                .Set("@now", now)
                .Set("@finding", finding)
                .ExecuteAsync(cancellationToken);
        }
    }

    /// <summary>Brings all that waits and was never tried in line with the silences, after one was made or ended.</summary>
    /// <returns>How many messages wait for a silence from now on.</returns>
    public static async Task<int> AlignAsync(StateTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waiting = await transaction
            .Prepare($"SELECT sequence, alert, due_at, silence_id FROM outbox WHERE {IsWaiting} ORDER BY channel, sequence")
            .ReadAsync(Read, cancellationToken);
        await AlignAsync(transaction, waiting, now, cancellationToken);
        await transaction.Prepare(Supersede).Set("@now", now).ExecuteAsync(cancellationToken);
        return await CountAsync(transaction, cancellationToken);
    }

    /// <summary>Lets go of what waits for a silence that is over, unless another one keeps it.</summary>
    public static async Task ReleaseAsync(StateTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var over = await transaction
            .Prepare(
                $"""
                SELECT sequence, alert, due_at, silence_id FROM outbox
                WHERE {IsWaiting} AND silence_id IS NOT NULL
                  AND NOT EXISTS (SELECT 1 FROM silence WHERE silence.id = outbox.silence_id AND {SilenceTable.Holds})
                """)
            .Set("@now", now)
            .Set("@latest", now + TimeLimit.Skew)
            .ReadAsync(Read, cancellationToken);
        if (over.Count > 0)
        {
            await AlignAsync(transaction, over, now, cancellationToken);
        }
    }

    private static async Task<int> CountAsync(StateTransaction transaction, CancellationToken cancellationToken) => (await transaction
        .Prepare("SELECT count(*) FROM outbox WHERE finished_at IS NULL AND silence_id IS NOT NULL")
        .ReadAsync(row => row.Int(), cancellationToken)).Single();

    private static async Task AlignAsync(
        StateTransaction transaction, IReadOnlyList<Waiting> waiting, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var silences = await SilenceTable.LiveAsync(transaction, now, cancellationToken);
        var update = transaction.Prepare("UPDATE outbox SET silence_id = @silence, due_at = @due_at WHERE sequence = @sequence");
        foreach (var message in waiting)
        {
            var silence = Silencing.Covering(message.Alert, silences, now);
            if (silence?.Id != message.Silence)
            {
                await update.Set("@silence", silence?.Id)
                    .Set("@due_at", silence is null ? now : message.Silence is null ? Later(silence.Until, message.DueAt) : silence.Until)
                    .Set("@sequence", message.Sequence)
                    .ExecuteAsync(cancellationToken);
            }
        }
    }

    // A reminder in place of a trigger that nobody heard is the first that they hear of it.
    private static async Task<OutboxMessage> FirstWordAsync(
        StateTransaction transaction, OutboxMessage message, CancellationToken cancellationToken)
    {
        if (message is not { Alert.Kind: AlertKind.Reminder, Finding: { } finding })
        {
            return message;
        }

        var waiting = await transaction
            .Prepare(
                $"""
                SELECT sequence, alert, due_at, silence_id FROM outbox
                WHERE {IsWaiting} AND silence_id IS NOT NULL AND finding_id = @finding AND channel = @channel
                """)
            .Set("@finding", finding)
            .Set("@channel", message.Channel)
            .ReadAsync(Read, cancellationToken);
        return waiting.Any(unheard => unheard.Alert.Kind is AlertKind.Trigger)
            ? message with { Alert = message.Alert with { Kind = AlertKind.Trigger } }
            : message;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static Waiting Read(Row row) =>
        new(row.Long(), JsonSerializer.Deserialize(row.Text(), StateJson.Default.Alert)!, row.Time(), row.LongOrNull());

    private sealed record Waiting(long Sequence, Alert Alert, DateTimeOffset DueAt, long? Silence);
}
