using System.Globalization;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Findings;

namespace KeyRotator.State;

/// <summary>Who looks after open findings. It stands in the findings' rows, but only from here: what a pass writes of a finding takes
/// nobody's word back.</summary>
internal static class AcknowledgementTable
{
    /// <summary>Puts it in place of any before. False where the finding is over.</summary>
    public static async Task<bool> SetAsync(
        StateTransaction transaction, long finding, Acknowledgement ack, CancellationToken cancellationToken) => await transaction
        .Prepare(
            """
            UPDATE finding SET acked_by = @by, acked_at = @at, acked_until = @until, ack_reason = @reason
            WHERE id = @id AND resolved_at IS NULL
            """)
        .Set("@by", ack.By)
        .Set("@at", ack.At)
        .Set("@until", ack.Until)
        .Set("@reason", ack.Reason)
        .Set("@id", finding)
        .ExecuteAsync(cancellationToken) == 1;

    /// <summary>Ends it. False where there was none, or the finding is over.</summary>
    public static async Task<bool> ClearAsync(StateTransaction transaction, long finding, CancellationToken cancellationToken) =>
        await transaction
            .Prepare(
                """
                UPDATE finding SET acked_by = NULL, acked_at = NULL, acked_until = NULL, ack_reason = NULL
                WHERE id = @id AND resolved_at IS NULL AND acked_until IS NOT NULL
                """)
            .Set("@id", finding)
            .ExecuteAsync(cancellationToken) == 1;

    /// <summary>Ends the reminders of a finding that wait and were never tried.</summary>
    public static async Task CancelRemindersAsync(
        StateTransaction transaction, long finding, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waiting = await transaction
            .Prepare("SELECT sequence, alert FROM outbox WHERE finding_id = @finding AND finished_at IS NULL AND attempts = 0")
            .Set("@finding", finding)
            .ReadAsync(
                row => (Sequence: row.Long(), Alert: JsonSerializer.Deserialize(row.Text(), StateJson.Default.Alert)!), cancellationToken);
        var cancel = transaction.Prepare("UPDATE outbox SET outcome = 'Cancelled', finished_at = @now WHERE sequence = @sequence");
        foreach (var reminder in waiting.Where(message => message.Alert.Kind is AlertKind.Reminder))
        {
            await cancel.Set("@now", now).Set("@sequence", reminder.Sequence).ExecuteAsync(cancellationToken);
        }
    }

    /// <summary>Open findings that nobody holds back and that somebody looked after until now, or, by a clock that was set back since, for
    /// longer than was said. By index.</summary>
    public static async Task<IReadOnlyList<Finding>> OverAsync(
        StateTransaction transaction, DateTimeOffset now, int limit, CancellationToken cancellationToken) => await transaction
        .Prepare(
            $"""
            SELECT {FindingTable.Columns} FROM finding
            WHERE resolved_at IS NULL AND acked_until IS NOT NULL AND (acked_until <= @now OR acked_at > @latest) AND held_until IS NULL
            ORDER BY acked_until, id LIMIT @limit
            """)
        .Set("@now", now)
        .Set("@latest", now + TimeLimit.Skew)
        .Set("@limit", limit)
        .ReadAsync(FindingTable.Read, cancellationToken);

    /// <summary>Ends an acknowledgement whose time is over.</summary>
    /// <returns>The finding as it is brought to mind: its sentence says who looked after it until when, and the end of that is what the
    /// reminder is for. Where nobody did, the finding as it is.</returns>
    public static async Task<Finding> LapseAsync(StateTransaction transaction, Finding finding, CancellationToken cancellationToken)
    {
        if (finding.Ack is not { } ack)
        {
            return finding;
        }

        await ClearAsync(transaction, finding.Id, cancellationToken);
        var until = ack.Until.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var message = $"{finding.Message} It was acknowledged by {ack.By} until {until} UTC, and is still open.";
        return finding with { Message = message, RemindAt = ack.Until };
    }
}
