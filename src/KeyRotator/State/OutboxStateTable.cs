using System.Text.Json;
using KeyRotator.Alerts;

namespace KeyRotator.State;

/// <summary>Rows of the outbox that ask for a channel to be told the state. They hold none: what fires is looked up when one is
/// sent.</summary>
internal static class OutboxStateTable
{
    private const string IsState = "finding_id IS NULL AND occasion >= 'state-' AND occasion < 'state.'";

    /// <summary>Asks for it once an occasion. It takes the place of what was asked for before and is not being sent: that would tell the
    /// same.</summary>
    public static async Task QueueAsync(
        StateTransaction transaction, string channel, string occasion, Alert asked, CancellationToken cancellationToken)
    {
        var added = await transaction
            .Prepare(
                """
                INSERT INTO outbox (finding_id, channel, occasion, alert, enqueued_at, due_at, gathers, held_until, fence, attempts)
                VALUES (NULL, @channel, @occasion, @alert, @now, @now, FALSE, 0, 0, 0)
                ON CONFLICT DO NOTHING
                """)
            .Set("@channel", channel)
            .Set("@occasion", "state-" + occasion)
            .Set("@alert", JsonSerializer.Serialize(asked, StateJson.Default.Alert))
            .Set("@now", asked.At)
            .ExecuteAsync(cancellationToken);
        if (added > 0)
        {
            await transaction
                .Prepare(
                    $"""
                    DELETE FROM outbox WHERE channel = @channel AND {IsState} AND occasion <> @occasion
                      AND (finished_at IS NOT NULL OR NOT in_flight)
                    """)
                .Set("@channel", channel)
                .Set("@occasion", "state-" + occasion)
                .ExecuteAsync(cancellationToken);
        }
    }
}
