using System.Collections.Concurrent;
using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>Drains the outbox: the only sender of alerts. Every message is delivered at least once, with the same id each time, and in
/// order for each finding and channel.</summary>
/// <remarks>Any number of processes may drain one database: a row is claimed by lease and fence before it is sent, one at a time, so that a
/// kill repeats one message at most.</remarks>
internal sealed partial class AlertDispatcher(
    StateDatabase database,
    HttpMessageInvoker http,
    TimeProvider time,
    Random random,
    ILogger<AlertDispatcher> logger,
    LineOutput? lines = null)
{
    /// <summary>For how long a claim holds: an attempt and the wait for the database, with room to spare.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromMinutes(2);

    private readonly AlertSender _sender = new(http, time) { Lines = lines };
    private readonly ConcurrentDictionary<string, DeliveryLane> _lanes = new(StringComparer.Ordinal);

    /// <summary>What receivers of state are told. Null: they are told nothing here.</summary>
    public IAlertStates? States { get; init; }

    /// <summary>Delivers what is due, every channel by itself, so that a dead receiver delays nobody. A retry that falls into the budget is
    /// waited for.
    /// Calls may overlap: a channel that one of them drains is left out by the others.</summary>
    /// <param name="channels">The configured channels by name. Messages for others are given up.</param>
    /// <param name="budget">No attempt starts after it; one under way may last <see cref="AlertSender.Timeout"/> longer.</param>
    /// <param name="cancellationToken">Ends it; a message whose attempt was cut short is sent again after its lease.</param>
    /// <exception cref="StateException">The database failed. What was not recorded is sent again.</exception>
    public async Task<DrainResult> DrainAsync(
        IReadOnlyDictionary<string, ChannelSettings> channels, TimeSpan budget, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var waiting = (await BacklogAsync(cancellationToken)).Where(backlog => backlog.Waiting > 0).Select(backlog => backlog.Channel);
        var drains = waiting.Select(name => new ChannelDrain(name, channels.GetValueOrDefault(name), LaneOf(name), started, budget));
        var results = await Task.WhenAll(drains.Select(drain => DrainAsync(drain, cancellationToken)));
        var total = results.Aggregate(DrainResult.Nothing, (sum, result) => sum.Plus(result));
        if (total.Delivered > 0)
        {
            LogDelivered(total.Delivered);
        }

        return total;
    }

    /// <summary>Sends a trial message by way of the outbox: at once, past what waits, and once.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<DeliveryAttempt> TestAsync(ChannelSettings channel, OutboxMessage test, CancellationToken cancellationToken)
    {
        var message = await ClaimTestAsync(test, cancellationToken);
        var attempt = await _sender.SendAsync(channel, message.Alert, cancellationToken);
        await RecordAsync(message, attempt);
        return attempt;
    }

    private DeliveryLane LaneOf(string channel) => _lanes.GetOrAdd(channel, _ => new DeliveryLane(time));

    private async Task<DrainResult> DrainAsync(ChannelDrain drain, CancellationToken cancellationToken)
    {
        if (!drain.Lane.TryEnter())
        {
            return DrainResult.Nothing;
        }

        try
        {
            return await DrainEnteredAsync(drain, cancellationToken);
        }
        finally
        {
            drain.Lane.Leave();
        }
    }

    private async Task<DrainResult> DrainEnteredAsync(ChannelDrain drain, CancellationToken cancellationToken)
    {
        var result = DrainResult.Nothing;
        while (await WaitAsync(drain, drain.Lane.PauseLeft, cancellationToken))
        {
            if (await ClaimAsync(drain, cancellationToken) is { } message)
            {
                result = result.Plus(await DeliverAsync(drain, message, cancellationToken));
            }
            else if (!await WaitAsync(drain, drain.Lane.TakeRetry() ?? drain.Budget, cancellationToken))
            {
                break;
            }
        }

        return result;
    }

    // False where the wait would outlast the budget.
    private async Task<bool> WaitAsync(ChannelDrain drain, TimeSpan wait, CancellationToken cancellationToken)
    {
        var left = drain.Budget - time.GetElapsedTime(drain.Started);
        if (left <= TimeSpan.Zero || wait >= left)
        {
            return false;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, cancellationToken);
        }

        return true;
    }

    private async Task<DrainResult> DeliverAsync(ChannelDrain drain, ClaimedMessage message, CancellationToken cancellationToken)
    {
        var attempt = message.Alert.Kind is AlertKind.State && drain.Channel is not null
            ? await new StatePush(_sender, States, time).SendAsync(drain.Channel, message.Alert, cancellationToken)
            : await _sender.SendAsync(drain.Channel, message.Alert, cancellationToken);
        var record = await RecordAsync(message, attempt);
        drain.Lane.Note(attempt, record.Outcome == DeliveryOutcome.Retry ? record.NextAttemptAt - record.At : null);
        return message.Alert.Kind is AlertKind.State && attempt.Outcome is DeliveryOutcome.Delivered
            ? DrainResult.Nothing // no message, but every minute
            : DrainResult.Of(record);
    }

    // Not cancelled: what was sent and is not recorded would be sent twice.
    private async Task<DeliveryRecord> RecordAsync(ClaimedMessage message, DeliveryAttempt attempt)
    {
        var record = DeliverySchedule.Record(message, attempt, time.GetUtcNow(), Jitter());
        await using var transaction = await database.BeginWriteAsync(CancellationToken.None);
        var isOurs = await OutboxTable.RecordAsync(transaction, record, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        Log(message, record, isOurs);
        return record;
    }

    private async Task<ClaimedMessage?> ClaimAsync(ChannelDrain drain, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginWriteAsync(cancellationToken);
        if (drain.Channel is null)
        {
            // What a removed channel was still to get ends here, also where its receiver was gone.
            await ChannelTable.EnableAsync(transaction, drain.Name, cancellationToken);
        }

        var claimed = await OutboxTable.ClaimAsync(transaction, drain.Name, time.GetUtcNow(), Lease, 1, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return claimed.SingleOrDefault();
    }

    private async Task<ClaimedMessage> ClaimTestAsync(OutboxMessage test, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginWriteAsync(cancellationToken);
        await OutboxTable.EnqueueAsync(transaction, [test], cancellationToken);
        var claimed = await OutboxTable.ClaimOccasionAsync(
            transaction, test.Channel, test.Occasion, time.GetUtcNow(), Lease, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }

    private async Task<IReadOnlyList<ChannelBacklog>> BacklogAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginReadAsync(cancellationToken);
        return await OutboxTable.BacklogAsync(transaction, cancellationToken);
    }

    // A seeded Random is not safe for the channels' concurrent use.
    private double Jitter()
    {
        lock (random)
        {
            return random.NextDouble();
        }
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

    [LoggerMessage(6000, LogLevel.Information, "Delivered {Count} alerts")]
    private partial void LogDelivered(int count);

    [LoggerMessage(
        6001, LogLevel.Warning, "Alert {AlertId} did not reach channel {Channel} at attempt {Attempt}: {Error}; next at {NextAttemptAt:u}")]
    private partial void LogFailed(string alertId, string channel, int attempt, string? error, DateTimeOffset nextAttemptAt);

    [LoggerMessage(6002, LogLevel.Error, "Alert {AlertId} to channel {Channel} is given up after attempt {Attempt}: {Error}")]
    private partial void LogGivenUp(string alertId, string channel, int attempt, string? error);

    [LoggerMessage(
        6003, LogLevel.Warning, "Alert {AlertId} to channel {Channel} went to another process in mid-attempt; it may arrive twice")]
    private partial void LogLeaseLost(string alertId, string channel);

    [LoggerMessage(6004, LogLevel.Error, "Channel {Channel} answered 410: it gets no more alerts until a test of it succeeds")]
    private partial void LogGone(string channel);

    private sealed record ChannelDrain(string Name, ChannelSettings? Channel, DeliveryLane Lane, long Started, TimeSpan Budget);
}
