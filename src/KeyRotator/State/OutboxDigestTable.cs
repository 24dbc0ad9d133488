using System.Text.Json;

namespace KeyRotator.State;

/// <summary>Messages that are told together, and which findings a digest tells of.</summary>
internal static class OutboxDigestTable
{
    /// <summary>Adds a digest's findings.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="digest">The message.</param>
    /// <param name="rows">Its row in the outbox; none where it was there already.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task AddAsync(
        StateTransaction transaction, OutboxMessage digest, IEnumerable<long> rows, CancellationToken cancellationToken)
    {
        var insert = transaction.Prepare(
            "INSERT INTO outbox_digest (finding_id, channel, sequence) VALUES (@finding, @channel, @sequence)");
        foreach (var (row, finding) in rows.SelectMany(row => digest.Digested.Select(finding => (row, finding))))
        {
            await insert.Set("@finding", finding).Set("@channel", digest.Channel).Set("@sequence", row).ExecuteAsync(cancellationToken);
        }
    }

    /// <summary>The messages that wait to be told together and are due by then, channel by channel, in each those that weigh most
    /// first.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="dueBy">Latest time until which they were to wait (UTC).</param>
    /// <param name="named">Of how many a channel the content is wanted.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task<IReadOnlyList<GatheredMessage>> GatheredAsync(
        StateTransaction transaction, DateTimeOffset dueBy, int named, CancellationToken cancellationToken)
    {
        var place = 0;
        var channel = "";
        return await transaction
            .Prepare(
                """
                SELECT sequence, finding_id, channel, alert FROM outbox
                WHERE gathers = 1 AND finished_at IS NULL AND due_at <= @due_by AND silence_id IS NULL
                ORDER BY channel, (SELECT severity FROM finding WHERE finding.id = finding_id) = 'Warning' DESC, finding_id
                """)
            .Set("@due_by", dueBy)
            .ReadAsync(Read, cancellationToken);

        GatheredMessage Read(Row row)
        {
            var (sequence, finding, of) = (row.Long(), row.Long(), row.Text());
            (place, channel) = of == channel ? (place + 1, channel) : (1, of);
            return new(sequence, finding, of, place > named ? null : JsonSerializer.Deserialize(row.Text(), StateJson.Default.Alert));
        }
    }

    /// <summary>Ends the waiting of messages: from now on each is told by itself.</summary>
    public static Task ReleaseAsync(
        StateTransaction transaction, IEnumerable<GatheredMessage> messages, DateTimeOffset now, CancellationToken cancellationToken) =>
        EndAsync(transaction, "gathers = 0, due_at = @now", messages, now, cancellationToken);

    /// <summary>Ends messages that a digest tells in their place.</summary>
    public static Task CloseAsync(
        StateTransaction transaction, IEnumerable<GatheredMessage> messages, DateTimeOffset now, CancellationToken cancellationToken) =>
        EndAsync(transaction, "gathers = 0, outcome = 'Digested', finished_at = @now", messages, now, cancellationToken);

    private static async Task EndAsync(
        StateTransaction transaction,
        string change,
        IEnumerable<GatheredMessage> messages,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var update = transaction.Prepare($"UPDATE outbox SET {change} WHERE sequence = @sequence");
        foreach (var message in messages)
        {
            await update.Set("@now", now).Set("@sequence", message.Sequence).ExecuteAsync(cancellationToken);
        }
    }
}
