using KeyRotator.Http;
using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>Sends the sign of life, and writes down how it went. A failure is no alert: who misses the sign is told by the
/// watchdog.</summary>
internal sealed partial class Heartbeat(StateDatabase database, HttpMessageInvoker http, TimeProvider time, ILogger<Heartbeat> logger)
{
    /// <summary>How much too early it may be: jobs fire in steps.</summary>
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(5);

    /// <summary>Sends it where it is due; null where it is not.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<HeartbeatRow?> BeatIfDueAsync(HeartbeatSettings heartbeat, CancellationToken cancellationToken)
    {
        var last = await LastAsync(cancellationToken);
        var now = time.GetUtcNow();

        // A clock that was set back must not silence it for long.
        var isDue = last is null || now - last.TriedAt >= heartbeat.Every - s_slack || last.TriedAt > now;
        return isDue ? await BeatAsync(heartbeat, cancellationToken) : null;
    }

    /// <summary>Sends it now.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task<HeartbeatRow> BeatAsync(HeartbeatSettings heartbeat, CancellationToken cancellationToken)
    {
        var before = await LastAsync(cancellationToken);
        var error = await TryAsync(heartbeat, cancellationToken);
        var row = (before ?? HeartbeatRow.None).Next(time.GetUtcNow(), error);
        await using (var transaction = await database.BeginWriteAsync(cancellationToken))
        {
            await HeartbeatTable.SaveAsync(transaction, row, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        Log(before, row);
        return row;
    }

    private async Task<HeartbeatRow?> LastAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginReadAsync(cancellationToken);
        return await HeartbeatTable.FindAsync(transaction, cancellationToken);
    }

    private async Task<string?> TryAsync(HeartbeatSettings heartbeat, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(AlertSender.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = HeartbeatChannel.CreateRequest(heartbeat);
            request.Headers.TryAddWithoutValidation("User-Agent", OutboundHttp.UserAgent);
            request.Options.Set(AddressRules.Option, AddressRules.Of(request.RequestUri!, heartbeat.AllowAddresses));

            // The status is all that is wanted: the body is left unread.
            using var response = await http.SendAsync(request, either.Token);
            return HeartbeatChannel.ReadAnswer((int)response.StatusCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryError.Timeout;
        }
        catch (HttpRequestException fault)
        {
            return AlertSender.WordFor(fault);
        }
        catch (IOException)
        {
            return DeliveryError.Network;
        }
        catch (Exception fault) when (fault is FormatException or NotSupportedException or InvalidOperationException)
        {
            return DeliveryError.Settings;
        }
    }

    // Once when it begins to fail and once when that is over.
    private void Log(HeartbeatRow? before, HeartbeatRow row)
    {
        if (row.Error is not null && before?.Error is null)
        {
            LogFailed(DeliveryError.Explain(row.Error));
        }
        else if (row.Error is null && before?.Error is not null)
        {
            LogWorksAgain();
        }
    }

    [LoggerMessage(6006, LogLevel.Warning, "The watchdog did not take the heartbeat: {Error}")]
    private partial void LogFailed(string error);

    [LoggerMessage(6007, LogLevel.Information, "The watchdog takes the heartbeat again")]
    private partial void LogWorksAgain();
}
