using System.Text.Json;
using KeyRotator.Demo;
using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

public sealed class RunTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Run_Started_AnswersHealthAndMetrics()
    {
        await using var site = await Site.StartAsync("one");
        await using var service = await Service.StartAsync(site);

        (await service.GetAsync("/livez")).ShouldBe("200 ok\n");
        (await service.GetAsync("/readyz")).ShouldBe("200 ok\n");
        (await service.GetAsync("/metrics")).ShouldStartWith("200 # HELP keyrotator_");
        (await service.GetAsync("/")).ShouldStartWith("404");
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_KeyTurnsBad_AlertArrivesAndResolvesWithTheNextValue()
    {
        await using var site = await Site.StartAsync("good", "bad");
        await site.RunAsync("check");
        await using var service = await Service.StartAsync(site);

        site.Revoke("bad");
        await site.AgeAsync();
        (await site.Inbox.NextAsync(Token)).ShouldBe(["Trigger KeyRejected bad"]);
        await site.IssueAsync("bad");
        await site.AgeAsync();

        (await site.Inbox.NextAsync(Token)).ShouldBe(["Resolved KeyRejected bad"]);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(nameof(ReceiverFault.Down), "nobody listens")]
    [InlineData(nameof(ReceiverFault.Unavailable), "503")]
    public async Task Run_ReceiverGoneAndBack_LosesNothing(string fault, string why)
    {
        await using var site = await Site.StartAsync("a", "b", "c", "d", "e");
        site.Revoke("a");
        site.Revoke("e");
        await site.RunAsync("check", "--no-alerts");
        site.Receiver.Fault = Enum.Parse<ReceiverFault>(fault);
        await using var service = await Service.StartAsync(site);
        await Eventually.TrueAsync(() => site.Receiver.Requests >= 2, "both were tried in vain", Token);

        site.Receiver.Fault = ReceiverFault.None;

        string[] arrived = [.. await site.Inbox.NextAsync(Token), .. await site.Inbox.NextAsync(Token)];
        arrived.ShouldBe(["Trigger KeyRejected a", "Trigger KeyRejected e"], ignoreOrder: true, why);
        await service.StopAsync();
        site.Inbox.Take().ShouldBeEmpty(why);
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_Terminated_StopsInTimeWithZero()
    {
        await using var site = await Site.StartAsync("one");
        await using var service = await Service.StartAsync(site);

        var ended = await service.StopAsync();

        (ended.ExitCode, ended.Error).ShouldBe((0, ""));
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_TerminatedWhileAReceiverHangs_StopsInTimeAndTheAlertIsSentLater()
    {
        await using var site = await Site.StartAsync("good", "bad");
        site.Revoke("bad");
        await site.RunAsync("check", "--no-alerts");
        site.Receiver.Fault = ReceiverFault.Hangs;
        await using var service = await Service.StartAsync(site);
        await Eventually.TrueAsync(() => site.Receiver.Requests > 0, "an alert is under way", Token);

        (await service.StopAsync()).ExitCode.ShouldBe(0);

        (await CountAsync(site, "channel_status WHERE failing_since IS NOT NULL")).ShouldBe(0, "it was broken off, and did not end by its own time limit");
        site.Receiver.Fault = ReceiverFault.None;
        await site.AgeAsync();
        await site.RunAsync("check");
        site.Inbox.Take().ShouldBe(["Trigger KeyRejected bad"]);
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_TerminatedWhileAProviderHangs_StopsInTimeWithZero()
    {
        await using var site = await Site.StartAsync("one");
        site.Emulator.Break("mistral", ProviderFault.Slow);
        await using var service = await Service.StartAsync(site);
        await Eventually.TrueAsync(() => site.Emulator.SlowCalls > 0, "a probe is under way", Token);

        (await service.StopAsync()).ExitCode.ShouldBe(0);

        (await CountAsync(site, "check_run")).ShouldBe(0, "it was broken off, and did not end by its own time limit");
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_Logs_AreJsonAndShowNoKey()
    {
        await using var site = await Site.StartAsync("good", "bad");
        site.Revoke("bad");
        await using var service = await Service.StartAsync(site);
        await site.Inbox.NextAsync(Token);
        await Eventually.TrueAsync(() => service.Process.Out.Contains("Checked 2 keys"), "the pass has ended", Token);

        var ended = await service.StopAsync();

        var lines = ended.Out.TrimEnd('\n').Split('\n');
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("Message").GetString())
            .ShouldContain("Checked 2 keys: 1 rejected, 0 locations unreadable");
        site.ShouldHaveNoneIn(ended.Out + ended.Error, "the logs");
        site.ShouldHaveNoneOnDisk();
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_AddressIsTaken_FailsAndChangesNothing()
    {
        await using var site = await Site.StartAsync("one");
        var taken = $"127.0.0.1:{site.Receiver.Url.Port}";

        var ended = await site.RunAsync("run", "--listen", taken);

        ended.ShouldBe(new Ended(1, "",
            $"{taken} is taken: another program listens there. Stop it, or name another address with --listen or KEYROTATOR_LISTEN. "
            + "Nothing was changed.\n"));
        File.Exists(site.At("keyrotator.db")).ShouldBeFalse();
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_AddressIsNotOfThisMachine_FailsAndSaysSo()
    {
        await using var site = await Site.StartAsync("one");

        var ended = await site.RunAsync("run", "--listen", "192.0.2.1:8080"); // of a block that is for documents only

        (ended.ExitCode, ended.Error).ShouldBe((1,
            "192.0.2.1:8080 is no address of this machine. Write 127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces. "
            + "Nothing was changed.\n"));
    }

    private static async Task<int> CountAsync(Site site, string from)
    {
        await using var state = await site.OpenStateAsync();
        await using var transaction = await state.BeginReadAsync(Token);
        return (await transaction.Prepare($"SELECT count(*) FROM {from}").ReadAsync(row => row.Int(), Token)).Single();
    }
}
