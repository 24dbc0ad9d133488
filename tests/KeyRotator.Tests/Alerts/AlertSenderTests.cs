using System.IO.Compression;
using KeyRotator.Alerts;
using KeyRotator.Http;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>Real connections to receivers on loopback that redirect, hang, flood or break off. The clock is the test's own.</summary>
public sealed class AlertSenderTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly ManualClock _clock = new();
    private readonly HttpMessageInvoker _http = OutboundHttp.Create();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Send_Taken_IsDeliveredWithBodyAndHeaders()
    {
        await using var server = HostileServer.Answering(Ok);

        (await SendAsync(server)).ShouldSatisfyAllConditions(
            attempt => attempt.Outcome.ShouldBe(DeliveryOutcome.Delivered), attempt => attempt.Status.ShouldBe(200));

        server.Requests.Single().ShouldSatisfyAllConditions(
            request => request.ShouldStartWith("POST /hook?token=1 HTTP/1.1\r\n"),
            request => request.ShouldContain("webhook-id: msg_1\r\n"),
            request => request.ShouldContain($"User-Agent: {OutboundHttp.UserAgent}\r\n"),
            request => request.ShouldEndWith("\"findings\":[],\"omitted\":0}}"));
    }

    [Theory(Timeout = 300_000)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Send_Redirected_FailsAndFollowsNowhere(int status)
    {
        await using var target = HostileServer.Answering(Ok);
        await using var server = HostileServer.Answering($"HTTP/1.1 {status} Moved\r\nLocation: {target.Url}\r\nContent-Length: 0\r\n\r\n");

        (await SendAsync(server)).ShouldSatisfyAllConditions(
            attempt => attempt.Outcome.ShouldBe(DeliveryOutcome.Retry), attempt => attempt.Error.ShouldBe("redirect"));

        target.Connections.ShouldBe(0);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(404, "Retry", "http-404", null)]
    [InlineData(410, "Gone", "gone", null)]
    [InlineData(429, "Retry", "http-429", 7.0)]
    [InlineData(503, "Retry", "http-503", 7.0)]
    public async Task Send_NotTaken_SaysHow(int status, string outcome, string error, double? retryAfter)
    {
        await using var server = HostileServer.Answering($"HTTP/1.1 {status} No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");

        var attempt = await SendAsync(server);

        attempt.Outcome.ShouldBe(Enum.Parse<DeliveryOutcome>(outcome));
        attempt.Error.ShouldBe(error);
        attempt.RetryAfter?.TotalSeconds.ShouldBe(retryAfter!.Value);
        attempt.RetryAfter.HasValue.ShouldBe(retryAfter.HasValue);
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_ResetBeforeTheHeaders_IsANetworkFailure()
    {
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });

        (await SendAsync(server))
            .ShouldSatisfyAllConditions(attempt => attempt.Error.ShouldBe("network"), attempt => attempt.Status.ShouldBeNull());
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_BrokenOffAfterTheHeaders_TakesTheStatus()
    {
        await using var server = HostileServer.Start(
            connection => connection.AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));

        (await SendAsync(server)).Outcome.ShouldBe(DeliveryOutcome.Delivered);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n", "xxxxxxxxxxxxxxxx")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "10\r\nxxxxxxxxxxxxxxxx\r\n")]
    public async Task Send_HugeOrEndlessBody_ReadsTheFirstBytesOnly(string head, string piece)
    {
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.AnswerAsync(head);
            await connection.SendForEverAsync(piece);
        });

        (await SendAsync(server)).Outcome.ShouldBe(DeliveryOutcome.Delivered);
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_HeadersWithoutEnd_IsAFailureAndNotRead()
    {
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.AnswerAsync("HTTP/1.1 200 OK\r\n");
            await connection.SendForEverAsync($"X-Long: {new string('x', 1000)}\r\n");
        });

        (await SendAsync(server)).ShouldSatisfyAllConditions(
            attempt => attempt.Error.ShouldBe("network"), attempt => attempt.MayHaveArrived.ShouldBeTrue());
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_AnswerIsPacked_IsNotUnpacked()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write("ok"u8);
        }

        await using var server = HostileServer.Start(async connection =>
        {
            await connection.AnswerAsync($"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\n\r\n");
            await connection.SendAsync(packed.ToArray());
        });
        var slack = AnAlert.Channel(url: $"{server.Url}hook") with { Kind = "slack" };

        var attempt = await new AlertSender(_http, _clock).SendAsync(slack, AnAlert.Of(AlertKind.Test), Token);

        attempt.Error.ShouldBe("refused-http-200", "what is packed is not the word that it took it");
        attempt.MayHaveArrived.ShouldBeTrue();
        server.Requests.Single().ShouldNotContain("Accept-Encoding");
    }

    [Theory(Timeout = 300_000)]
    [InlineData("")] // not a word
    [InlineData("HTTP/1.1 200 OK\r\nX-Slow: ")] // within the headers
    public async Task Send_ReceiverHangs_EndsAtTheTimeoutAndNotBefore(string start)
    {
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.AnswerAsync(start);
            await connection.HangAsync();
        });

        var sending = SendAsync(server);
        await server.ReceivedAsync(Token);
        _clock.Advance(AlertSender.Timeout - TimeSpan.FromTicks(1));
        sending.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromTicks(1));

        (await sending).ShouldSatisfyAllConditions(
            attempt => attempt.Outcome.ShouldBe(DeliveryOutcome.Retry), attempt => attempt.Error.ShouldBe("timeout"));
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_ReceiverHangsWithinTheBody_TakesTheStatusAtTheTimeout()
    {
        using var http = new ScriptedHttp().Answer(_ => new HttpResponseMessage { Content = new StreamContent(new HangingStream()) })
            .Invoker();

        var sending = new AlertSender(http, _clock).SendAsync(AnAlert.Channel(), AnAlert.Of(AlertKind.Test), Token);
        sending.IsCompleted.ShouldBeFalse();
        _clock.Advance(AlertSender.Timeout);

        (await sending).Outcome.ShouldBe(DeliveryOutcome.Delivered);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("localhost", 2049)] // from no authority
    [InlineData("other.example", 2049)] // and for another host
    [InlineData("localhost", 2021)] // and expired
    public async Task Send_UntrustedCertificate_IsATlsFailure(string host, int until)
    {
        await using var server = HostileServer.StartTls(Certificates.SelfSigned(host, to: until), connection => connection.AnswerAsync(Ok));

        (await SendAsync(server)).Error.ShouldBe("tls");
        server.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, "dns")]
    [InlineData(HttpRequestError.ConnectionError, "network")]
    [InlineData(HttpRequestError.SecureConnectionError, "tls")]
    [InlineData(HttpRequestError.ProxyTunnelError, "network")]
    public async Task Send_Fault_IsAWordOfOurs(HttpRequestError fault, string word)
    {
        using var http = new ScriptedHttp().Fault(new HttpRequestException(fault, "vendor text")).Invoker();

        (await new AlertSender(http, _clock).SendAsync(AnAlert.Channel(), AnAlert.Of(AlertKind.Test), Token)).Error.ShouldBe(word);
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, false)]
    [InlineData(HttpRequestError.ConnectionError, false)]
    [InlineData(HttpRequestError.SecureConnectionError, false)]
    [InlineData(HttpRequestError.ProxyTunnelError, false)]
    [InlineData(HttpRequestError.ResponseEnded, true)]
    [InlineData(HttpRequestError.InvalidResponse, true)]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded, true)]
    [InlineData(HttpRequestError.Unknown, true)]
    public async Task Send_Fault_ProvesThatItDidNotArriveOnlyBeforeSending(HttpRequestError fault, bool mayHaveArrived)
    {
        using var http = new ScriptedHttp().Fault(new HttpRequestException(fault)).Invoker();

        (await new AlertSender(http, _clock).SendAsync(AnAlert.Channel(), AnAlert.Of(AlertKind.Test), Token))
            .MayHaveArrived.ShouldBe(mayHaveArrived);
    }

    [Theory]
    [InlineData(200, false)] // it has arrived
    [InlineData(307, false)]
    [InlineData(400, false)]
    [InlineData(410, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(502, true)] // said by what stands in front of it
    [InlineData(504, true)]
    public async Task Send_Status_IsTheReceiversWord(int status, bool mayHaveArrived)
    {
        using var http = new ScriptedHttp().Answer(status).Invoker();

        (await new AlertSender(http, _clock).SendAsync(AnAlert.Channel(), AnAlert.Of(AlertKind.Test), Token))
            .MayHaveArrived.ShouldBe(mayHaveArrived);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(true)] // it was the connection
    [InlineData(false)]
    public async Task Send_Timeout_ProvesNothingOnceConnected(bool whileConnecting)
    {
        using var http = new ScriptedHttp()
            .Fault(new TaskCanceledException("", whileConnecting ? new TimeoutException() : null)).Invoker();

        (await new AlertSender(http, _clock).SendAsync(AnAlert.Channel(), AnAlert.Of(AlertKind.Test), Token))
            .MayHaveArrived.ShouldBe(!whileConnecting);
    }

    [Theory]
    [InlineData("webhook", "not an address", null, "no address")]
    [InlineData("webhook", "hook", null, "no host")]
    [InlineData("webhook", "ftp://ops.example/hook", null, "not HTTP")]
    [InlineData("webhook", "https://ops.example/hook", "short", "bad secret")]
    [InlineData("pigeon", "https://ops.example/hook", null, "unknown kind")]
    public async Task Send_SettingsThatCannotBeUsed_IsAFailureNotAnException(string kind, string url, string? secret, string why)
    {
        var channel = AnAlert.Channel(url: url, secret: secret) with { Kind = kind };

        (await new AlertSender(_http, _clock).SendAsync(channel, AnAlert.Of(AlertKind.Test), Token)).Error.ShouldBe("settings", why);
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_CallerGivesUp_IsCancelled()
    {
        using var cancelled = new CancellationTokenSource();
        using var http = new ScriptedHttp().Hang().Invoker();

        var sending = new AlertSender(http, _clock).SendAsync(AnAlert.Channel(), AnAlert.Of(AlertKind.Test), cancelled.Token);
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(sending);
    }

    public void Dispose() => _http.Dispose();

    private Task<DeliveryAttempt> SendAsync(HostileServer server) =>
        new AlertSender(_http, _clock).SendAsync(AnAlert.Channel(url: $"{server.Url}hook?token=1"), AnAlert.Of(AlertKind.Test), Token);

    /// <summary>A body that begins and never goes on.</summary>
    private sealed class HangingStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
