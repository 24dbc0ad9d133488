using System.Net;
using KeyRotator.Alerts;
using KeyRotator.Http;
using KeyRotator.Tests.Alerts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Http;

/// <summary>Names that resolve to where nobody may connect, with a resolver of the test's own and receivers on loopback.</summary>
public sealed class GuardedHandlerTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("8.8.8.8,127.0.0.1")] // one is bad
    [InlineData("127.0.0.1,8.8.8.8")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task Send_NameResolvesToABadAddress_IsRefusedUnsent(string addresses)
    {
        await using var server = HostileServer.Answering(Ok);

        var attempt = await SendAsync(server, addresses);

        attempt.Error.ShouldBe("address");
        attempt.MayHaveArrived.ShouldBeFalse();
        server.Connections.ShouldBe(0);
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_RangeIsAllowed_ConnectsToTheResolvedAddress()
    {
        await using var server = HostileServer.Answering(Ok);

        (await SendAsync(server, "127.0.0.1", "127.0.0.0/8")).Outcome.ShouldBe(DeliveryOutcome.Delivered);

        server.Requests.Single().ShouldContain("Host: ops.example");
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_NameIsRebound_IsJudgedByWhatIsConnectedTo()
    {
        await using var server = HostileServer.Answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        var answers = new Queue<string>(["127.0.0.1", "10.0.0.1"]);
        using var http = Guarded(_ => answers.Dequeue());
        var channel = Channel(server, "127.0.0.0/8");

        (await SendAsync(http, channel)).Outcome.ShouldBe(DeliveryOutcome.Delivered);
        (await SendAsync(http, channel)).Error.ShouldBe("address");

        answers.ShouldBeEmpty("each connection resolves once");
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_ChannelsOfOtherRules_ShareNoConnection()
    {
        await using var server = HostileServer.Answering(Ok);
        using var http = Guarded(_ => "127.0.0.1");

        (await SendAsync(http, Channel(server, "127.0.0.0/8"))).Outcome.ShouldBe(DeliveryOutcome.Delivered);
        (await SendAsync(http, Channel(server))).Error.ShouldBe("address");

        server.Connections.ShouldBe(1);
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_LiteralLoopback_NeedsNoPermission()
    {
        await using var server = HostileServer.Answering(Ok);
        using var http = OutboundHttp.CreateGuarded();

        (await SendAsync(http, AnAlert.Channel(url: $"{server.Url}hook"))).Outcome.ShouldBe(DeliveryOutcome.Delivered);
        (await SendAsync(http, AnAlert.Channel(url: $"http://127.0.0.1:{server.Port}/hook"))).Outcome.ShouldBe(DeliveryOutcome.Delivered);
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_NameResolvesToNothing_IsADnsFailure()
    {
        await using var server = HostileServer.Answering(Ok);

        (await SendAsync(server, "")).Error.ShouldBe("dns");
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_RequestWithoutRules_HasTheStrictOnes()
    {
        await using var server = HostileServer.Answering(Ok);
        using var http = Guarded(_ => "127.0.0.1");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://ops.example:{server.Port}/");

        (await Should.ThrowAsync<HttpRequestException>(http.SendAsync(request, Token))).InnerException.ShouldBeOfType<AddressRefusedException>();
    }

    private static async Task<DeliveryAttempt> SendAsync(HostileServer server, string addresses, params string[] allowed)
    {
        using var http = Guarded(_ => addresses);
        return await SendAsync(http, Channel(server, allowed));
    }

    private static Task<DeliveryAttempt> SendAsync(HttpMessageInvoker http, ChannelSettings channel) =>
        new AlertSender(http, new ManualClock()).SendAsync(channel, AnAlert.Of(AlertKind.Test), Token);

    private static ChannelSettings Channel(HostileServer server, params string[] allowed) =>
        AnAlert.Channel(url: $"http://ops.example:{server.Port}/hook") with
        {
            AllowAddresses = [.. allowed.Select(range => IPNetwork.Parse(range))],
        };

    private static HttpMessageInvoker Guarded(Func<string, string> resolve) => new(
        new GuardedHandler(
            static () => new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false },
            (host, _) => Task.FromResult(
                resolve(host).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse).ToArray())),
        disposeHandler: true);
}
