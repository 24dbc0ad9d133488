using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.State;
using KeyRotator.Tests.Alerts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary><c>alerts enable</c>, and what <c>status</c> shows of channels.</summary>
public sealed class AlertsEnableCommandTests : IDisposable
{
    private readonly Shell _shell = new Shell().Declare();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task Enable_DisabledChannel_SendsWhatWaitsAndIsInTheAudit()
    {
        await using var receiver = HostileServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        _shell.Environment["HOOK"] = $"{receiver.Url}hook";
        await DisableAsync(waiting: 3);

        (await _shell.RunAsync("alerts", "enable", "ops")).ShouldBe(0);

        _shell.Out.ShouldStartWith("ok      ops: It gets alerts again; 3 waited, 3 delivered.");
        receiver.Requests.Count.ShouldBe(3);
        (await AuditAsync()).ShouldBe(["channel.enabled ops Done"]);
    }

    [Fact]
    public async Task Enable_ReceiverIsStillGone_ExitsOneAndSaysSo()
    {
        await using var receiver = HostileServer.Answering("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n");
        _shell.Environment["HOOK"] = $"{receiver.Url}hook";
        await DisableAsync(waiting: 2);

        (await _shell.RunAsync("alerts", "enable", "ops")).ShouldBe(1);

        _shell.Out.ShouldStartWith("FAILED  ops: The receiver answered 410 again, so it is disabled again (2 waiting).");
        receiver.Requests.Count.ShouldBe(1, "one is enough to know");
    }

    [Fact]
    public async Task Enable_ReceiverIsDown_SaysThatTheyWait()
    {
        await DisableAsync(waiting: 2);

        (await Drive.UntilDone(_shell.RunAsync("alerts", "enable", "ops"), _shell.Clock)).ShouldBe(0);

        _shell.Out.ReplaceLineEndings(" ").ShouldContain("2 waited, 0 delivered, 2 waiting still");
    }

    [Fact]
    public async Task Enable_NotDisabled_ChangesNothing()
    {
        (await _shell.RunAsync("alerts", "enable", "ops")).ShouldBe(0);

        _shell.Out.ShouldStartWith("ok      ops: It was not disabled (0 waiting). Nothing was changed.");
        (await AuditAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("opps")]
    [InlineData(null)]
    public async Task Enable_NoSuchChannelOrNone_ExitsTwo(string? name)
    {
        string[] arguments = ["alerts", "enable", .. name is null ? Array.Empty<string>() : [name]];

        (await _shell.RunAsync(arguments)).ShouldBe(2);
    }

    [Fact]
    public async Task Enable_Json_HasTheContractsMembers()
    {
        await using var receiver = HostileServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");
        _shell.Environment["HOOK"] = $"{receiver.Url}hook";
        await DisableAsync(waiting: 1);

        await _shell.RunAsync("alerts", "enable", "ops", "-o", "json");

        JsonDocument.Parse(_shell.Out).RootElement.GetProperty("channels")[0].EnumerateObject().Select(member => member.Name)
            .ShouldBe(["name", "wasDisabledAt", "disabledAt", "delivered", "waiting", "error"]);
    }

    [Fact]
    public async Task Status_DisabledChannel_SaysWhatToDo()
    {
        var canary = new Canary();
        _shell.Environment["HOOK"] = $"http://127.0.0.1:9/{canary.Text}";
        await DisableAsync(waiting: 3);

        await _shell.RunAsync("status");
        _shell.Out.ReplaceLineEndings(" ").ShouldContain("3, oldest 0s ago");
        _shell.Out.ShouldContain("disabled 0s ago by a 410");
        var before = _shell.Out.Length;
        await _shell.RunAsync("status", "-o", "json");

        var document = JsonDocument.Parse(_shell.Out[before..]).RootElement;
        document.GetProperty("channels")[0].EnumerateObject().Select(member => member.Name).ShouldBe(
            ["name", "kind", "lastDeliveredAt", "waiting", "oldestAt", "failingSince", "error", "disabledAt", "gaveWay"]);
        document.GetProperty("channels")[0].GetProperty("error").GetString().ShouldBe("gone");
        document.GetProperty("heartbeat").ValueKind.ShouldBe(JsonValueKind.Null);
        canary.ShouldBeAbsentFrom(_shell.Out + _shell.Error);
    }

    [Fact]
    public async Task Check_Whole_SendsTheHeartbeatAndStatusShowsIt()
    {
        var canary = new Canary();
        await using var watchdog = HostileServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Watch($"{watchdog.Url}{canary.Text}");

        await _shell.RunAsync("check");
        await _shell.RunAsync("status");

        watchdog.Requests.ShouldHaveSingleItem().ShouldStartWith($"GET /{canary.Text} HTTP/1.1");
        _shell.Out.ShouldContain("heartbeat: taken 0s ago");
        canary.ShouldBeAbsentFrom(_shell.Out + _shell.Error);
    }

    [Theory]
    [InlineData("openai-ci")] // not the whole
    [InlineData("--no-alerts")]
    public async Task Check_PartOrWithoutAlerts_SendsNoHeartbeat(string argument)
    {
        await using var watchdog = HostileServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Watch(watchdog.Url.ToString());

        await _shell.RunAsync("check", argument);

        watchdog.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Check_PassCouldNotBeRecorded_SendsNoHeartbeat()
    {
        await using var watchdog = HostileServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Watch(watchdog.Url.ToString());
        _shell.Pass.Fault = new StateException("The database is locked.", null);

        (await _shell.RunAsync("check")).ShouldBe(1);

        watchdog.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Check_WatchdogRefuses_SaysSoAndFailsNothing()
    {
        await using var watchdog = HostileServer.Answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        Watch(watchdog.Url.ToString());

        (await _shell.RunAsync("check")).ShouldBe(0);
        await _shell.RunAsync("status");

        _shell.Error.ShouldContain("The watchdog did not take the heartbeat: it answered 404.");
        _shell.Out.ShouldContain("heartbeat: not taken for 0s: it answered 404");
    }

    private void Watch(string url) => _shell.Write(
        "keyrotator.yaml", Inventory.Yaml.With("  routes: [{", $"  heartbeat: {{ url: \"{url}\" }}\n  routes: [{{"));

    private async Task DisableAsync(int waiting)
    {
        await using var database = await StateDatabase.OpenAsync(Path.Combine(_shell.Directory, "keyrotator.db"), _shell.Clock, Token);
        await using var transaction = await database.BeginWriteAsync(Token);
        OutboxMessage[] messages = [.. Enumerable.Range(1, waiting).Select(finding => Dispatching.Message(finding))];
        await OutboxTable.EnqueueAsync(transaction, messages, Token);
        var now = _shell.Clock.GetUtcNow();
        var claimed = (await OutboxTable.ClaimAsync(transaction, "ops", now, TimeSpan.FromMinutes(1), 1, Token)).Single();
        var gone = new DeliveryRecord(claimed.Sequence, claimed.Fence, DeliveryOutcome.Gone, now, now.AddHours(4), 410, "gone");
        await OutboxTable.RecordAsync(transaction, gone, Token);
        await transaction.CommitAsync(Token);
    }

    private async Task<IEnumerable<string>> AuditAsync()
    {
        var before = _shell.Out.Length;
        await _shell.RunAsync("audit", "list", "-o", "json");
        return [.. JsonDocument.Parse(_shell.Out[before..]).RootElement.EnumerateArray().Select(
            row => $"{row.GetProperty("act")} {row.GetProperty("target")} {row.GetProperty("outcome")}")];
    }
}
