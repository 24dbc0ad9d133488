using System.Text.Json;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class AlertsTestCommandTests : IDisposable
{
    private readonly Shell _shell = new Shell().Declare();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Test_ReceiverTakesIt_ExitsZero()
    {
        await using var receiver = HostileServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        _shell.Environment["HOOK"] = $"{receiver.Url}hook";

        (await _shell.RunAsync("alerts", "test")).ShouldBe(0);

        _shell.Out.Split('\n').Select(line => line.Split(" (")[0]).ShouldBe(
        [
            "ok      ops: trigger: The receiver took it with 204.", "ok      ops: reminder: The receiver took it with 204.",
            "ok      ops: digest: The receiver took it with 204.", "ok      ops: withdrawn: The receiver took it with 204.",
            "ok      ops: resolved: The receiver took it with 204.", "",
        ]);
        receiver.Requests.Count.ShouldBe(5);
        receiver.Requests.ShouldAllBe(request => request.StartsWith("POST /hook ") && request.Contains("\"trial\":true"));
    }

    [Fact]
    public async Task Test_ReceiverRefuses_ExitsOneWithoutItsAddress()
    {
        var canary = new Canary();
        await using var receiver = HostileServer.Answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        _shell.Environment["HOOK"] = $"{receiver.Url}{canary.Text}";

        (await _shell.RunAsync("alerts", "test", "ops")).ShouldBe(1);

        _shell.Out.ShouldStartWith("FAILED  ops: trigger: The receiver did not take it: it answered 503.");
        receiver.Requests.Count.ShouldBe(1);
        canary.ShouldBeAbsentFrom(_shell.Out + _shell.Error);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "Done")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "Failed")]
    public async Task Test_Channel_IsInTheAuditBeforeAndAfter(string answer, string outcome)
    {
        var canary = new Canary();
        await using var receiver = HostileServer.Answering(answer);
        _shell.Environment["HOOK"] = $"{receiver.Url}{canary.Text}";

        await _shell.RunAsync("alerts", "test", "ops");

        var before = _shell.Out.Length;
        await _shell.RunAsync("audit", "list", "-o", "json");
        var rows = JsonDocument.Parse(_shell.Out[before..]).RootElement.EnumerateArray().Select(
            row => $"{row.GetProperty("act")} {row.GetProperty("target")} {row.GetProperty("outcome")}");
        rows.ShouldBe([$"channel.tried ops {outcome}", "channel.tried ops Begun"]);
        canary.ShouldBeAbsentFrom(_shell.Out);
    }

    [Fact]
    public async Task Test_Json_HasTheContractsMembers()
    {
        await using var receiver = HostileServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        _shell.Environment["HOOK"] = receiver.Url.ToString();

        await _shell.RunAsync("alerts", "test", "-o", "json");

        var channel = JsonDocument.Parse(_shell.Out).RootElement.GetProperty("channels")[0];
        Json.Members(channel).ShouldBe(["name", "kind", "passed", "outcome", "httpStatus", "error", "messages"]);
        Json.Members(channel.GetProperty("messages")[0]).ShouldBe(["kind", "outcome", "httpStatus", "error", "milliseconds"]);
        channel.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("kind").GetString())
            .ShouldBe(["Trigger", "Reminder", "Digest", "Withdrawn", "Resolved"]);
    }

    [Theory]
    [InlineData("oops", "Unknown channel 'oops'. Did you mean 'ops'?\n")]
    [InlineData("pager", "Unknown channel 'pager'.\n")]
    public async Task Test_UnknownChannel_ExitsTwo(string name, string message)
    {
        (await _shell.RunAsync("alerts", "test", name)).ShouldBe(2);

        _shell.Error.ShouldBe(message);
    }

    [Fact]
    public async Task Test_NoChannel_ExitsTwo()
    {
        _shell.Write("keyrotator.yaml", "keys: {}");

        (await _shell.RunAsync("alerts", "test")).ShouldBe(2);

        _shell.Error.ShouldBe("No alert channel is configured.\n");
    }
}
