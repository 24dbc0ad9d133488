using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>Keeps the outbox small: ends what is over before anybody heard of it, and makes room where a channel is full.</summary>
internal sealed partial class OutboxTidying(StateDatabase database, TimeProvider time, ILogger<AlertDispatcher> logger)
{
    /// <summary>How many messages of one channel may wait.</summary>
    public const int MostWaiting = 20_000;

    /// <summary>One round over all channels.</summary>
    /// <param name="mostWaiting">How many messages of one channel may wait.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="StateException">The database failed; nothing was changed.</exception>
    public async Task RunAsync(int mostWaiting, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        List<(string Channel, int Count)> dropped = [];
        await using (var transaction = await database.BeginWriteAsync(cancellationToken))
        {
            await OutboxStale.CancelOverAsync(transaction, now, cancellationToken);
            foreach (var channel in await OutboxTable.WaitingChannelsAsync(transaction, cancellationToken))
            {
                dropped.Add((channel, await MakeRoomAsync(transaction, channel, mostWaiting, now, cancellationToken)));
            }

            await transaction.CommitAsync(cancellationToken);
        }

        foreach (var (channel, count) in dropped.Where(entry => entry.Count > 0))
        {
            LogGaveWay(count, channel, mostWaiting);
        }
    }

    private static async Task<int> MakeRoomAsync(
        StateTransaction transaction, string channel, int mostWaiting, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waiting = await OutboxRoom.WaitingAsync(transaction, channel, cancellationToken);
        if (waiting <= mostWaiting)
        {
            if (waiting <= mostWaiting / 2)
            {
                await ChannelTable.HasRoomAsync(transaction, channel, cancellationToken);
            }

            return 0;
        }

        var messages = await OutboxRoom.MessagesAsync(transaction, channel, cancellationToken);
        var chosen = GivingWay.Choose(messages, waiting - mostWaiting);
        if (chosen.Count > 0)
        {
            await OutboxRoom.DropAsync(transaction, channel, chosen, now, cancellationToken);
        }

        return chosen.Count;
    }

    [LoggerMessage(
        6005,
        LogLevel.Error,
        "{Count} alerts for channel {Channel} gave way: more than {Most} wait. Reminders go first, then infos and warnings")]
    private partial void LogGaveWay(int count, string channel, int most);
}
