using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;

namespace KeyRotator.Demo;

/// <summary>A loopback receiver of Standard Webhooks. It takes what is rightly signed and refuses the rest with 401.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly Channel<ReceivedMessage> _messages = Channel.CreateUnbounded<ReceivedMessage>();
    private LoopbackServer? _server;
    private int _requests;
    private int _refused;

    private WebhookReceiver(TimeProvider time) => _time = time;

    /// <summary>What a throttled receiver asks for.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Where messages go.</summary>
    public Uri Url => new(_server!.Address, "/hook");

    /// <summary>What they must be signed with, random.</summary>
    public string Secret { get; } = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is wrong with it from the next request on.</summary>
    public ReceiverFault Fault { get; set; }

    /// <summary>How many requests came, also those that met a fault.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>How many requests it refused for their signature or form.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Messages in the order they were taken, repeats too. Ends when the receiver is disposed.</summary>
    public ChannelReader<ReceivedMessage> Messages => _messages.Reader;

    /// <summary>Listens until it is disposed.</summary>
    public static async Task<WebhookReceiver> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var receiver = new WebhookReceiver(time);
        receiver._server = await LoopbackServer.StartAsync(receiver.AnswerAsync, cancellationToken);
        return receiver;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _messages.Writer.TryComplete();
    }

    private async Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        switch (Fault)
        {
            case ReceiverFault.Hangs:
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
                break;
            case ReceiverFault.Down:
                context.Abort();
                break;
            case ReceiverFault.Unavailable:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                break;
            case ReceiverFault.Throttled:
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                break;
            default:
                var taken = await TakeAsync(context.Request, cancellationToken);
                context.Response.StatusCode = taken ? StatusCodes.Status204NoContent : StatusCodes.Status401Unauthorized;
                break;
        }
    }

    private async Task<bool> TakeAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        var body = buffer.ToArray();
        var now = _time.GetUtcNow();
        if (!WebhookSignature.IsValid(Secret, request.Headers, body, now) || Parse(body) is not { } content)
        {
            Interlocked.Increment(ref _refused);
            return false;
        }

        return _messages.Writer.TryWrite(new ReceivedMessage(request.Headers["webhook-id"].ToString(), now, content));
    }

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A message that was taken.</summary>
/// <param name="Id">Its <c>webhook-id</c>, the same in every repeat.</param>
/// <param name="At">When it came (UTC).</param>
/// <param name="Body">What it says.</param>
internal sealed record ReceivedMessage(string Id, DateTimeOffset At, JsonElement Body);
