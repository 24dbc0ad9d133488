using System.Text.Json;
using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

public sealed class CheckTests
{
    [Fact(Timeout = 300_000)]
    public async Task Check_GoodKeys_EndsWithZeroAndTellsNobody()
    {
        await using var site = await Site.StartAsync("one", "two");

        var check = await site.RunAsync("check");

        check.ExitCode.ShouldBe(0, check.Out + check.Error);
        check.Out.ShouldContain("2 keys: 2 accepted, 0 rejected, 0 inconclusive");
        site.Inbox.Take().ShouldBeEmpty();
    }

    [Theory(Timeout = 300_000)]
    [InlineData("critical", 3)]
    [InlineData("warning", 3)]
    [InlineData("none", 0)]
    public async Task Check_BadKey_AlertsAndEndsAsAsked(string failOn, int exitCode)
    {
        await using var site = await Site.StartAsync("good", "bad");
        site.Revoke("bad");

        var check = await site.RunAsync("check", "--fail-on", failOn);

        check.ExitCode.ShouldBe(exitCode, check.Out + check.Error);
        site.Inbox.Take().ShouldBe(["Trigger KeyRejected bad"]);
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_KeyReplacedInTheStore_Resolves()
    {
        await using var site = await Site.StartAsync("good", "bad");
        site.Revoke("bad");
        await site.RunAsync("check");
        await site.IssueAsync("bad");
        await site.AgeAsync();

        (await site.RunAsync("check")).ExitCode.ShouldBe(0);

        site.Inbox.Take().ShouldBe(["Trigger KeyRejected bad", "Resolved KeyRejected bad"]);
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_NoAlerts_SendsLater()
    {
        await using var site = await Site.StartAsync("good", "bad");
        site.Revoke("bad");
        await site.RunAsync("check", "--no-alerts");
        site.Inbox.Take().ShouldBeEmpty();

        await site.RunAsync("check");

        site.Inbox.Take().ShouldBe(["Trigger KeyRejected bad"]);
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_OneKeyNamed_ChecksThatOne()
    {
        await using var site = await Site.StartAsync("one", "two");

        var check = await site.RunAsync("check", "two", "-o", "json");

        using var json = JsonDocument.Parse(check.Out);
        json.RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("id").GetString()).ShouldBe(["two"]);
        json.RootElement.GetProperty("summary").GetProperty("accepted").GetInt32().ShouldBe(1);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("table")]
    [InlineData("json")]
    public async Task Check_AnyOutcome_ShowsNoKeyAnywhere(string format)
    {
        await using var site = await Site.StartAsync("good", "bad");
        site.Revoke("bad");

        var check = await site.RunAsync("check", "-o", format);
        var status = await site.RunAsync("status", "-o", format);

        site.ShouldHaveNoneIn(check.Out + status.Out, "standard output");
        site.ShouldHaveNoneIn(check.Error + status.Error, "standard error");
        site.ShouldHaveNoneIn(string.Concat(site.Inbox.All.Select(message => message.Body.GetRawText())), "an alert");
        site.ShouldHaveNoneOnDisk();
    }

    [Fact(Timeout = 300_000)]
    public async Task Status_AfterCheck_KnowsWhatCheckSaw()
    {
        await using var site = await Site.StartAsync("good", "bad");
        site.Revoke("bad");
        await site.RunAsync("check");

        var status = await site.RunAsync("status");

        status.ExitCode.ShouldBe(3);
        status.Out.ShouldContain("2 keys: 1 accepted, 1 rejected, 0 inconclusive");
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_Interrupted_SaysSoAndTheNextOneGoesOn()
    {
        await using var site = await Site.StartAsync("good", "bad");
        site.Revoke("bad");
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        site.Emulator.Answering = call => _ = call.Status == 200 && asked.TrySetResult();
        site.ConfirmAfter("29s"); // so that it still waits when the signal arrives
        await using var first = site.Start("check");
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);

        await first.SignalAsync("INT", TestContext.Current.CancellationToken);
        (await first.EndAsync(TestContext.Current.CancellationToken)).ExitCode.ShouldBe(1);

        site.Configure();
        await site.AgeAsync();
        (await site.RunAsync("check")).ExitCode.ShouldBe(3);
    }
}
