using System.Text.Json;
using KeyRotator.Alerts;

namespace KeyRotator.State;

/// <summary>What waits in the outbox, as it is: nothing is claimed.</summary>
internal static class QueuedMessages
{
    /// <summary>All of it, channel by channel, in its order.</summary>
    public static async Task<IReadOnlyList<QueuedMessage>> AllAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        await transaction
            .Prepare(
                """
                SELECT finding_id, channel, due_at, held_until, gathers, silence_id, attempts, alert FROM outbox
                WHERE finished_at IS NULL ORDER BY channel, sequence
                """)
            .ReadAsync(
                row => new QueuedMessage
                {
                    Finding = row.LongOrNull(),
                    Channel = row.Text(),
                    DueAt = row.Time(),
                    HeldUntil = row.Time(),
                    Gathers = row.Flag(),
                    Silence = row.LongOrNull(),
                    Attempts = row.Int(),
                    Alert = JsonSerializer.Deserialize(row.Text(), StateJson.Default.Alert)!,
                },
                cancellationToken);
}

/// <summary>A message that waits.</summary>
internal sealed record QueuedMessage
{
    /// <summary>The finding that it tells of, or null where it tells of several or of none.</summary>
    public long? Finding { get; init; }

    /// <summary>Configured channel.</summary>
    public required string Channel { get; init; }

    /// <summary>Not before then (UTC).</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>Held back by an outage until then (UTC); a time long past where it is not.</summary>
    public DateTimeOffset HeldUntil { get; init; }

    /// <summary>Whether it waits to be told together with others.</summary>
    public bool Gathers { get; init; }

    /// <summary>The silence that it waits for, or null.</summary>
    public long? Silence { get; init; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; init; }

    /// <summary>The content.</summary>
    public required Alert Alert { get; init; }
}
