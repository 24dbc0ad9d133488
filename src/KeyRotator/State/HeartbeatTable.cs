namespace KeyRotator.State;

/// <summary>How the signs of life went.</summary>
/// <param name="TriedAt">When the last one was sent (UTC).</param>
/// <param name="SucceededAt">When the last one was taken (UTC), or null.</param>
/// <param name="FailingSince">When the first of the failures in a row was (UTC), or null.</param>
/// <param name="Error">The last failure, in a word of ours, or null where the last one was taken.</param>
internal sealed record HeartbeatRow(DateTimeOffset TriedAt, DateTimeOffset? SucceededAt, DateTimeOffset? FailingSince, string? Error)
{
    /// <summary>None was sent yet.</summary>
    public static HeartbeatRow None { get; } = new(default, null, null, null);

    /// <summary>After another one.</summary>
    public HeartbeatRow Next(DateTimeOffset at, string? error) => error is null
        ? new(at, at, null, null)
        : new(at, SucceededAt, FailingSince ?? at, error);
}

/// <summary>The sign of life to a watchdog elsewhere: one row. Where two processes send it, the last to write is right enough.</summary>
internal static class HeartbeatTable
{
    /// <summary>The row; null where none was sent yet.</summary>
    public static async Task<HeartbeatRow?> FindAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        (await transaction.Prepare("SELECT tried_at, succeeded_at, failing_since, error FROM heartbeat WHERE only_row = 1")
            .ReadAsync(row => new HeartbeatRow(row.Time(), row.TimeOrNull(), row.TimeOrNull(), row.TextOrNull()), cancellationToken))
        .SingleOrDefault();

    /// <summary>Writes the row.</summary>
    public static Task SaveAsync(StateTransaction transaction, HeartbeatRow heartbeat, CancellationToken cancellationToken) => transaction
        .Prepare(
            """
            INSERT INTO heartbeat (only_row, tried_at, succeeded_at, failing_since, error)
            VALUES (1, @tried_at, @succeeded_at, @failing_since, @error)
            ON CONFLICT (only_row) DO UPDATE SET tried_at = excluded.tried_at, succeeded_at = excluded.succeeded_at,
              failing_since = excluded.failing_since, error = excluded.error
            """)
        .Set("@tried_at", heartbeat.TriedAt)
        .Set("@succeeded_at", heartbeat.SucceededAt)
        .Set("@failing_since", heartbeat.FailingSince)
        .Set("@error", heartbeat.Error)
        .ExecuteAsync(cancellationToken);
}
