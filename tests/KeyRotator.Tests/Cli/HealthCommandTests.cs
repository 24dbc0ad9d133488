using System.Net;
using KeyRotator.Cli;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class HealthCommandTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("127.0.0.1", "as given")]
    [InlineData("0.0.0.0", "all interfaces: this machine's own is asked")]
    public async Task Health_Alive_IsZero(string address, string why)
    {
        await using var service = HostileServer.Answering(Ok);
        _shell.Environment["KEYROTATOR_LISTEN"] = $"{address}:{service.Port}";

        (await _shell.RunAsync("health")).ShouldBe(0, why);

        (_shell.Out, _shell.Error).ShouldBe(("ok\n", ""));
        service.Requests.ShouldHaveSingleItem().ShouldStartWith("GET /livez HTTP/1.1\r\n");
    }

    [Fact]
    public async Task Health_Ready_AsksForReadiness()
    {
        await using var service = HostileServer.Answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");

        (await _shell.RunAsync("health", "--ready", "--listen", $"127.0.0.1:{service.Port}")).ShouldBe(1);

        _shell.Error.ShouldBe($"http://127.0.0.1:{service.Port}/readyz answered 503.\n");
    }

    [Fact]
    public async Task Health_NobodyListens_IsOne()
    {
        (await _shell.RunAsync("health", "--listen", $"127.0.0.1:{FreePort.Find()}")).ShouldBe(1);

        _shell.Error.ShouldEndWith("/livez did not answer: The connection was refused.\n");
    }

    [Fact]
    public async Task Health_ServiceHangs_IsOneAfterTheBound()
    {
        await using var service = HostileServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.HangAsync();
        });
        var asking = _shell.RunAsync("health", "--listen", $"127.0.0.1:{service.Port}");
        await service.ReceivedAsync(TestContext.Current.CancellationToken);

        _shell.Clock.Advance(HealthCommand.Bound);

        (await asking).ShouldBe(1);
        _shell.Error.ShouldEndWith("/livez did not answer: No answer came in time.\n");
    }

    [Theory]
    [InlineData("0.0.0.0:8080", "127.0.0.1:8080")]
    [InlineData("[::]:8080", "[::1]:8080")]
    [InlineData("10.1.2.3:9000", "10.1.2.3:9000")]
    public void FromHere_Listening_IsReachedAt(string listen, string reached) =>
        ListenAddress.FromHere(IPEndPoint.Parse(listen)).ToString().ShouldBe(reached);

    [Fact]
    public async Task Health_AddressWithoutPort_IsRefused()
    {
        (await _shell.RunAsync("health", "--listen", "localhost")).ShouldBe(2);

        _shell.Error.ShouldContain("is no address with a port");
    }
}
