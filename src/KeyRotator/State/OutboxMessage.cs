using KeyRotator.Alerts;

namespace KeyRotator.State;

/// <summary>A message to add.</summary>
/// <param name="Finding">The finding it tells of, or null for a digest or test.</param>
/// <param name="Channel">Configured channel.</param>
/// <param name="Occasion">What tells it apart from other messages of the finding: <c>trigger</c>, <c>rung-7</c>, <c>escalate-Critical-1795255200</c>,
/// <c>reminder-3</c>, <c>resolved</c>.</param>
/// <param name="Alert">The content. Its time is the message's.</param>
/// <param name="NotBefore">Earliest time of the first attempt (UTC).</param>
internal sealed record OutboxMessage(long? Finding, string Channel, string Occasion, Alert Alert, DateTimeOffset NotBefore)
{
    /// <summary>The findings that a digest tells of. Their later messages wait for it, and who got it hears of their end.</summary>
    public IReadOnlyList<long> Digested { get; init; } = [];

    /// <summary>The group that it is told together with, or null where it is told by itself.</summary>
    public MessageGroup? Group { get; init; }

    /// <summary>Not told before then (UTC), alone or with others: earlier than <see cref="NotBefore"/> where it only waits for
    /// others.</summary>
    public DateTimeOffset ReadyAt { get; init; }

    /// <summary>The silence that it waits for, or null.</summary>
    public long? SilenceId { get; init; }
}

/// <summary>Messages of one channel that are told together.</summary>
/// <param name="Channel">Configured channel.</param>
/// <param name="Key">What tells it apart from the channel's other groups.</param>
/// <param name="Every">Least time between two messages of it.</param>
internal sealed record MessageGroup(string Channel, string Key, TimeSpan Every);

/// <summary>A message that this process may try once.</summary>
/// <param name="Sequence">The row; also its place in the order.</param>
/// <param name="Fence">What <see cref="DeliveryRecord"/> must carry.</param>
/// <param name="Channel">Configured channel.</param>
/// <param name="Alert">The content.</param>
/// <param name="Attempts">How many attempts were made before this one, those of processes that died in them included.</param>
/// <param name="EnqueuedAt">When it was added (UTC).</param>
internal sealed record ClaimedMessage(long Sequence, long Fence, string Channel, Alert Alert, int Attempts, DateTimeOffset EnqueuedAt);

/// <summary>How one attempt ended.</summary>
/// <param name="Sequence">The row.</param>
/// <param name="Fence">The claim's fence.</param>
/// <param name="Outcome">What became of it; Retry keeps the row.</param>
/// <param name="At">When (UTC).</param>
/// <param name="NextAttemptAt">For Retry: when again (UTC); at once where null. For Gone: 
/// not before then, once the channel has messages again; null ends the message.</param>
/// <param name="Status">HTTP status, or null where no answer came.</param>
/// <param name="Error">A word of ours: <c>timeout</c>, <c>network</c>, <c>tls</c>, <c>redirect</c>, <c>http-503</c>; null where
/// delivered.</param>
internal sealed record DeliveryRecord(
    long Sequence, long Fence, DeliveryOutcome Outcome, DateTimeOffset At, DateTimeOffset? NextAttemptAt, int? Status, string? Error)
{
    /// <summary>Whether the receiver may have the message although it did not say so.</summary>
    public bool MayHaveArrived { get; init; }
}

/// <summary>One channel's queue and record.</summary>
/// <param name="Channel">Its configured name.</param>
/// <param name="Waiting">How many messages wait.</param>
/// <param name="OldestAt">Since when the oldest waits (UTC), or null.</param>
/// <param name="LastDeliveredAt">When the last message was delivered (UTC), or null.</param>
/// <param name="FailingSince">When the first of the failures in a row was (UTC), or null.</param>
/// <param name="ConsecutiveFailures">How many attempts in a row failed.</param>
/// <param name="LastError">The last of them, in a word of ours, or null.</param>
/// <param name="DisabledAt">When the receiver asked for no more messages (UTC), or null.</param>
internal sealed record ChannelBacklog(
    string Channel,
    long Waiting,
    DateTimeOffset? OldestAt,
    DateTimeOffset? LastDeliveredAt,
    DateTimeOffset? FailingSince,
    int ConsecutiveFailures,
    string? LastError,
    DateTimeOffset? DisabledAt)
{
    /// <summary>How many messages were dropped for want of room, since there was room.</summary>
    public long GaveWay { get; init; }
}
