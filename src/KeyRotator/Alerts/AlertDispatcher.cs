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
    private readonly DeliveryBook _book = new(database, time, logger);
    private readonly ConcurrentDictionary<AttemptKind, long> _attempts = new();
    private readonly OutboxTidying _tidying = new(database, time, logger);
    private readonly ConcurrentDictionary<string, DeliveryLane> _lanes = new(StringComparer.Ordinal);

    /// <summary>How many attempts ended how, since this began.</summary>
    public IReadOnlyDictionary<AttemptKind, long> Attempts => _attempts;

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
        var waiting = await _book.WaitingAsync(cancellationToken);
        return await DrainAsync(waiting, channels, started, budget, cancellationToken);
    }

    /// <summary>The same for one channel alone.</summary>
    /// <exception cref="StateException">The database failed. What was not recorded is sent again.</exception>
    public Task<DrainResult> DrainAsync(ChannelSettings channel, TimeSpan budget, CancellationToken cancellationToken) => DrainAsync(
        [channel.Name],
        new Dictionary<string, ChannelSettings>(StringComparer.Ordinal) { [channel.Name] = channel },
        time.GetTimestamp(),
        budget,
        cancellationToken);

    private async Task<DrainResult> DrainAsync(
        IReadOnlyList<string> names,
        IReadOnlyDictionary<string, ChannelSettings> channels,
        long started,
        TimeSpan budget,
        CancellationToken cancellationToken)
    {
        var drains = names.Select(name => new ChannelDrain(name, channels.GetValueOrDefault(name), LaneOf(name), started, budget));
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
        var message = await _book.ClaimTestAsync(test, cancellationToken);
        var attempt = await _sender.SendAsync(channel, message.Alert, cancellationToken);
        await _book.RecordAsync(message, DeliverySchedule.Record(message, attempt, time.GetUtcNow(), Jitter()), null);
        return attempt;
    }

    /// <summary>Ends what became stale, and makes room where a channel is full.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public Task TidyAsync(CancellationToken cancellationToken) => _tidying.RunAsync(OutboxTidying.MostWaiting, cancellationToken);

    private DeliveryLane LaneOf(string channel) => _lanes.GetOrAdd(channel, _ => new DeliveryLane(time));

    private TimeSpan Left(ChannelDrain drain) => drain.Budget - time.GetElapsedTime(drain.Started);

    private async Task<DrainResult> DrainAsync(ChannelDrain drain, CancellationToken cancellationToken)
    {
        if (!drain.Lane.TryEnter())
        {
            return DrainResult.Nothing;
        }

        try
        {
            var result = DrainResult.Nothing;
            do
            {
                result = result.Plus(await DrainEnteredAsync(drain, cancellationToken));
            }
            while (!drain.Lane.TryLeave());
            return result;
        }
        catch
        {
            drain.Lane.Leave();
            throw;
        }
    }

    private async Task<DrainResult> DrainEnteredAsync(ChannelDrain drain, CancellationToken cancellationToken)
    {
        var result = DrainResult.Nothing;
        while (await WaitAsync(drain, drain.Lane.PauseLeft, cancellationToken))
        {
            if (await _book.ClaimAsync(drain.Queue, cancellationToken) is { } message)
            {
                result = result.Plus(await DeliverFromAsync(drain, message, cancellationToken));
            }
            else if (!await WaitAsync(drain, drain.Lane.TakeRetry() ?? drain.Budget, cancellationToken))
            {
                break;
            }
        }

        return result;
    }

    private Task<DeliveryAttempt> SendAsync(ChannelSettings? channel, Alert alert, CancellationToken cancellationToken) =>
        alert.Kind is AlertKind.State && channel is not null
            ? new StatePush(_sender, States, time).SendAsync(channel, alert, cancellationToken)
            : _sender.SendAsync(channel, alert, cancellationToken);

    // No message, but every minute: nobody counts those that arrived.
    private static bool IsPush(ClaimedMessage message, DeliveryAttempt attempt) =>
        message.Alert.Kind is AlertKind.State && attempt.Outcome is DeliveryOutcome.Delivered;

    // False where the wait would outlast the budget.
    private async Task<bool> WaitAsync(ChannelDrain drain, TimeSpan wait, CancellationToken cancellationToken)
    {
        var left = Left(drain);
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

    // One message after the other, one at a time: the end of one and the claim of the next are one transaction.
    private async Task<DrainResult> DeliverFromAsync(ChannelDrain drain, ClaimedMessage first, CancellationToken cancellationToken)
    {
        var result = DrainResult.Nothing;
        for (ClaimedMessage? message = first; message is not null;)
        {
            var attempt = await SendAsync(drain.Channel, message.Alert, cancellationToken);
            var record = DeliverySchedule.Record(message, attempt, time.GetUtcNow(), Jitter());
            drain.Lane.Note(attempt, record.Outcome == DeliveryOutcome.Retry ? record.NextAttemptAt - record.At : null);
            result = result.Plus(IsPush(message, attempt) ? DrainResult.Nothing : DrainResult.Of(record));
            _attempts.AddOrUpdate(AttemptKind.Of(drain.Name, record), 1, static (_, count) => count + 1);
            var goesOn = drain.Lane.PauseLeft <= TimeSpan.Zero && Left(drain) > TimeSpan.Zero && !cancellationToken.IsCancellationRequested;
            message = await _book.RecordAsync(message, record, goesOn ? drain.Queue : null);
        }

        return result;
    }

    // A seeded Random is not safe for the channels' concurrent use.
    private double Jitter()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }

    [LoggerMessage(6000, LogLevel.Information, "Delivered {Count} alerts")]
    private partial void LogDelivered(int count);

    private sealed record ChannelDrain(string Name, ChannelSettings? Channel, DeliveryLane Lane, long Started, TimeSpan Budget)
    {
        public DeliveryQueue Queue { get; } = new(Name, Channel is not null);
    }
}
