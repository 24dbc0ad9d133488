using KeyRotator.Alerts;

namespace KeyRotator.State;

/// <summary>Messages on their way. Written in the transaction of the finding that they tell of; order is the sequence, never the clock.</summary>
internal static class OutboxTable
{
    /// <summary>Adds messages. One whose (finding, channel, occasion) is there already is left out: nothing is told twice.</summary>
    public static Task EnqueueAsync(StateTransaction transaction, IReadOnlyList<OutboxMessage> messages, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Claims up to <paramref name="limit"/> messages of one channel that are due: not before their time, not claimed by a live lease, and with no earlier undelivered
    /// message of the same finding and channel. Each claim raises the row's fence.</summary>
    public static Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(StateTransaction transaction, string channel, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Records the end of one attempt. False where the fence has moved on: somebody else holds the row now, and nothing was changed.</summary>
    public static Task<bool> RecordAsync(StateTransaction transaction, DeliveryRecord record, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Puts off the undelivered triggers of held findings until the given time.</summary>
    public static Task HoldAsync(StateTransaction transaction, IReadOnlyCollection<long> findings, DateTimeOffset until, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Cancels the messages of a finding of which no attempt was made on any channel; returns the channels on which at least one attempt was made.
    /// A finding nobody was told of needs no resolve.</summary>
    public static Task<IReadOnlySet<string>> CancelUntoldAsync(StateTransaction transaction, long finding, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>How many messages wait on each channel, since when the oldest, and how its last attempt went.</summary>
    public static Task<IReadOnlyList<ChannelBacklog>> BacklogAsync(StateTransaction transaction, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>When the next message of any channel becomes due (UTC), or null where none waits.</summary>
    public static Task<DateTimeOffset?> NextDueAsync(StateTransaction transaction, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Removes messages finished before the given time. At most <paramref name="limit"/> rows; returns how many went.</summary>
    public static Task<int> PruneAsync(StateTransaction transaction, DateTimeOffset before, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>A message to add.</summary>
/// <param name="Finding">The finding it tells of, or null for a digest or test.</param>
/// <param name="Channel">Configured channel.</param>
/// <param name="Occasion">What tells it apart from other messages of the finding: <c>trigger</c>, <c>rung-7</c>, <c>escalate-Critical</c>, <c>reminder-3</c>, <c>resolved</c>.</param>
/// <param name="Alert">The content.</param>
/// <param name="NotBefore">Earliest time of the first attempt (UTC).</param>
internal sealed record OutboxMessage(long? Finding, string Channel, string Occasion, Alert Alert, DateTimeOffset NotBefore);

/// <summary>A message that this process may try once.</summary>
internal sealed record ClaimedMessage(long Sequence, long Fence, string Channel, Alert Alert, int Attempts, DateTimeOffset EnqueuedAt);

/// <summary>How one attempt ended.</summary>
/// <param name="Sequence">The row.</param>
/// <param name="Fence">The claim's fence.</param>
/// <param name="Outcome">What became of it; Retry keeps the row.</param>
/// <param name="At">When (UTC).</param>
/// <param name="NextAttemptAt">For Retry: when again (UTC).</param>
/// <param name="Status">HTTP status, or null where no answer came.</param>
/// <param name="Error">A word of ours: <c>timeout</c>, <c>network</c>, <c>tls</c>, <c>redirect</c>, <c>http-503</c>; null where delivered.</param>
internal sealed record DeliveryRecord(long Sequence, long Fence, DeliveryOutcome Outcome, DateTimeOffset At, DateTimeOffset? NextAttemptAt, int? Status, string? Error);

/// <summary>One channel's queue and record.</summary>
internal sealed record ChannelBacklog(string Channel, long Waiting, DateTimeOffset? OldestAt, DateTimeOffset? LastDeliveredAt, DateTimeOffset? FailingSince, int ConsecutiveFailures, string? LastError);
