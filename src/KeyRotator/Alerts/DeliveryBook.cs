using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>One channel's messages.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="IsConfigured">False where the configuration knows it no more.</param>
internal sealed record DeliveryQueue(string Channel, bool IsConfigured);

/// <summary>The database's side of a delivery: what is claimed, and how it ended.</summary>
/// <remarks>Its commits survive the end of the process, not a loss of power, and wait for no disk: the worst that such a loss undoes is
/// the record of a delivery, which is then made again.</remarks>
internal sealed partial class DeliveryBook(StateDatabase database, TimeProvider time, ILogger<AlertDispatcher> logger)
{
    /// <summary>Writes down how an attempt ended, and claims the next message of the queue in the same transaction.</summary>
    /// <param name="message">The message.</param>
    /// <param name="record">How its attempt ended.</param>
    /// <param name="next">Where to claim the next; null for nowhere.</param>
    /// <remarks>Not to be cancelled: what was sent and is not recorded would be sent twice.</remarks>
    public async Task<ClaimedMessage?> RecordAsync(ClaimedMessage message, DeliveryRecord record, DeliveryQueue? next)
    {
        ClaimedMessage? claimed = null;
        bool isOurs;
        await using (var transaction = await database.BeginWriteAsync(Durability.ProcessEnd, CancellationToken.None))
        {
            isOurs = await OutboxTable.RecordAsync(transaction, record, CancellationToken.None);
            if (next is not null)
            {
                claimed = await ClaimAsync(transaction, next, CancellationToken.None);
            }

            await transaction.CommitAsync(CancellationToken.None);
        }

        Log(message, record, isOurs);
        return claimed;
    }

    /// <summary>Claims the first message of a queue; null where none is due.</summary>
    public async Task<ClaimedMessage?> ClaimAsync(DeliveryQueue queue, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginWriteAsync(Durability.ProcessEnd, cancellationToken);
        var claimed = await ClaimAsync(transaction, queue, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }

    /// <summary>Adds a trial message and claims it.</summary>
    public async Task<ClaimedMessage> ClaimTestAsync(OutboxMessage test, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginWriteAsync(cancellationToken);
        await OutboxTable.EnqueueAsync(transaction, [test], cancellationToken);
        var claimed = await OutboxTable.ClaimOccasionAsync(
            transaction, test.Channel, test.Occasion, time.GetUtcNow(), AlertDispatcher.Lease, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }

    /// <summary>The channels that messages wait for.</summary>
    public async Task<IReadOnlyList<string>> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginReadAsync(cancellationToken);
        return await OutboxTable.WaitingChannelsAsync(transaction, cancellationToken);
    }

    private async Task<ClaimedMessage?> ClaimAsync(StateTransaction transaction, DeliveryQueue queue, CancellationToken cancellationToken)
    {
        if (!queue.IsConfigured)
        {
            // What a removed channel was still to get ends here, also where its receiver was gone.
            await ChannelTable.EnableAsync(transaction, queue.Channel, cancellationToken);
        }

        var claimed = await OutboxTable.ClaimAsync(
            transaction, queue.Channel, time.GetUtcNow(), AlertDispatcher.Lease, 1, cancellationToken);
        return claimed.SingleOrDefault();
    }

    private void Log(ClaimedMessage message, DeliveryRecord record, bool isOurs)
    {
        switch (record)
        {
            case var _ when !isOurs:
                LogLeaseLost(message.Alert.Id, message.Channel);
                break;
            case { Outcome: DeliveryOutcome.Delivered }:
                break;
            case { Outcome: DeliveryOutcome.Gone }:
                LogGone(message.Channel);
                break;
            case { NextAttemptAt: { } nextAttemptAt }:
                LogFailed(message.Alert.Id, message.Channel, message.Attempts + 1, record.Error, nextAttemptAt);
                break;
            default:
                LogGivenUp(message.Alert.Id, message.Channel, message.Attempts + 1, record.Error);
                break;
        }
    }

    [LoggerMessage(
        6001, LogLevel.Warning, "Alert {AlertId} did not reach channel {Channel} at attempt {Attempt}: {Error}; next at {NextAttemptAt:u}")]
    private partial void LogFailed(string alertId, string channel, int attempt, string? error, DateTimeOffset nextAttemptAt);

    [LoggerMessage(6002, LogLevel.Error, "Alert {AlertId} to channel {Channel} is given up after attempt {Attempt}: {Error}")]
    private partial void LogGivenUp(string alertId, string channel, int attempt, string? error);

    [LoggerMessage(
        6003, LogLevel.Warning, "Alert {AlertId} to channel {Channel} went to another process in mid-attempt; it may arrive twice")]
    private partial void LogLeaseLost(string alertId, string channel);

    [LoggerMessage(6004, LogLevel.Error, "Channel {Channel} answered 410: it gets no more alerts until keyrotator alerts enable {Channel}")]
    private partial void LogGone(string channel);
}
