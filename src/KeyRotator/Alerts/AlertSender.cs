using KeyRotator.Http;

namespace KeyRotator.Alerts;

/// <summary>Sends one message once. Follows no redirect, reads no more than the first bytes of an answer, and gives up after
/// <see cref="Timeout"/>.</summary>
/// <remarks>A channel's address is a secret: no exception leaves from here but cancellation, and nothing is logged.</remarks>
internal sealed class AlertSender(HttpMessageInvoker http, TimeProvider time)
{
    /// <summary>Time for one attempt as a whole.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(15);

    private const int MaxAnswer = 4096;

    /// <summary>Where the lines of channels without a network go. Null: nowhere, and none is delivered.</summary>
    public LineOutput? Lines { get; init; }

    /// <summary>One attempt. Every fault of the wire is an outcome.</summary>
    /// <exception cref="OperationCanceledException">The caller's own token was cancelled; whether the receiver has the message is not
    /// known.</exception>
    public async Task<DeliveryAttempt> SendAsync(ChannelSettings? channel, Alert alert, CancellationToken cancellationToken)
    {
        if (channel is null)
        {
            return new DeliveryAttempt(DeliveryOutcome.Refused, null, DeliveryError.UnknownChannel, TimeSpan.Zero);
        }

        var started = time.GetTimestamp();
        var attempt = await TrySendAsync(channel, alert, cancellationToken);
        return attempt with { Duration = time.GetElapsedTime(started) };
    }

    private async Task<DeliveryAttempt> TrySendAsync(ChannelSettings channel, Alert alert, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var kind = AlertChannels.Find(channel.Kind) ?? throw new NotSupportedException("Unknown kind of channel.");
            if (kind is ILineChannel lines)
            {
                return await WriteAsync(lines.CreateLine(alert), either.Token);
            }

            using var request = kind.CreateRequest(alert, channel, time.GetUtcNow());
            request.Headers.TryAddWithoutValidation("User-Agent", OutboundHttp.UserAgent);
            request.Options.Set(AddressRules.Option, AddressRules.Of(request.RequestUri!, channel.AllowAddresses));
            using var response = await http.SendAsync(request, either.Token);
            return await ReadAsync(kind, response, either.Token, cancellationToken);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            // With a TimeoutException in it, it was the connection that took too long: nothing was sent.
            return Failed(DeliveryError.Timeout) with { MayHaveArrived = fault.InnerException is not TimeoutException };
        }
        catch (HttpRequestException fault)
        {
            return Failed(WordFor(fault)) with { MayHaveArrived = !NetworkFault.IsBeforeSending(fault) };
        }
        catch (IOException)
        {
            return Failed(DeliveryError.Network) with { MayHaveArrived = true };
        }
        catch (Exception fault) when (fault is FormatException or NotSupportedException or InvalidOperationException)
        {
            return Failed(DeliveryError.Settings);
        }
    }

    private async Task<DeliveryAttempt> WriteAsync(byte[] line, CancellationToken cancellationToken)
    {
        try
        {
            await (Lines ?? throw new NotSupportedException("There is no output for lines.")).WriteAsync(line, cancellationToken);
            return new DeliveryAttempt(DeliveryOutcome.Delivered, null, null, default);
        }
        catch (IOException)
        {
            return Failed(DeliveryError.Pipe);
        }
    }

    private async Task<DeliveryAttempt> ReadAsync(
        IAlertChannel kind, HttpResponseMessage response, CancellationToken either, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and <= 399)
        {
            return new DeliveryAttempt(DeliveryOutcome.Retry, status, DeliveryError.Redirect, default);
        }

        var body = await ReadBodyAsync(response, either, cancellationToken);
        var outcome = kind.ReadAnswer(status, body.Span);
        var now = time.GetUtcNow();
        return new DeliveryAttempt(outcome, status, WordFor(outcome, status), default)
        {
            RetryAfter = RetryAfter.Of(response, now) - now,
            MayHaveArrived = outcome != DeliveryOutcome.Delivered && IsNoWordOfTheReceiver(status),
        };
    }

    // Said by something in front of it that had no answer from it, or a success whose body says nothing that is understood.
    private static bool IsNoWordOfTheReceiver(int status) => status is (>= 200 and <= 299) or 502 or 504 or 520 or 524;

    // The status is the receiver's word. A body that breaks off or never ends takes nothing back.
    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(
        HttpResponseMessage response, CancellationToken either, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxAnswer];
        var length = 0;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(either);
            for (var read = -1; read != 0 && length < MaxAnswer; length += read)
            {
                read = await body.ReadAsync(buffer.AsMemory(length), either);
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // What was read is enough.
        }

        return buffer.AsMemory(0, length);
    }

    private static DeliveryAttempt Failed(string error) => new(DeliveryOutcome.Retry, null, error, default);

    private static string? WordFor(DeliveryOutcome outcome, int status) => outcome switch
    {
        DeliveryOutcome.Delivered => null,
        DeliveryOutcome.Gone => DeliveryError.Gone,
        DeliveryOutcome.Refused => DeliveryError.Refused(DeliveryError.OfStatus(status)),
        _ => DeliveryError.OfStatus(status),
    };

    /// <summary>The word for a fault of the wire.</summary>
    internal static string WordFor(HttpRequestException fault) => fault switch
    {
        { InnerException: AddressRefusedException } => DeliveryError.Address,
        { HttpRequestError: HttpRequestError.NameResolutionError } => DeliveryError.Dns,
        { HttpRequestError: HttpRequestError.SecureConnectionError } => DeliveryError.Tls,
        _ => DeliveryError.Network,
    };
}
