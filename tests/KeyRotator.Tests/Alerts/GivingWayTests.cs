using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>What goes where a channel is full, and that it is told.</summary>
public sealed class GivingWayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "2")]
    [InlineData(2, "2,7")]
    [InlineData(3, "2,7,5")]
    [InlineData(5, "2,7,5,3,6")]
    [InlineData(99, "2,7,5,3,6")] // the rest never goes
    public void Choose_TooMany_RemindersThenInfosThenWarningsOldestFirst(int tooMany, string expected)
    {
        WaitingMessage[] waiting =
        [
            new(1, "trigger", Severity.Critical, null),
            new(2, "reminder-1", Severity.Critical, null),
            new(3, "trigger", Severity.Warning, null),
            new(4, "resolved", Severity.Info, null),
            new(5, "trigger", Severity.Info, null),
            new(6, "rung-7", Severity.Warning, null),
            new(7, "reminder-9", Severity.Warning, null),
            new(8, "withdrawn", Severity.Warning, null),
            new(9, "escalate-Critical", Severity.Critical, null),
        ];

        string.Join(',', GivingWay.Choose(waiting, tooMany)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(AlertKind.Trigger, Severity.Warning, true, "warnings")]
    [InlineData(AlertKind.Reminder, Severity.Critical, true, "reminders alone")]
    [InlineData(AlertKind.Resolved, Severity.Info, false, "an end is in it")]
    [InlineData(AlertKind.Withdrawn, Severity.Info, false, "an end is in it")]
    [InlineData(AlertKind.Trigger, Severity.Critical, false, "something critical is in it")]
    public void Choose_Digest_GoesByWhatIsInIt(AlertKind change, Severity severity, bool goes, string why)
    {
        var digest = AnAlert.Of(
            AlertKind.Digest, AnAlert.Finding() with { Change = change }, AnAlert.Finding() with { Change = AlertKind.Reminder });

        GivingWay.Choose([new(1, "digest-1", severity, digest)], 9).Count.ShouldBe(goes ? 1 : 0, why);
    }

    [Fact]
    public async Task Tidy_ChannelIsFull_DropsWhatIsTooMuchLoudlyAndKeepsTheRest()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(200));
        await dispatching.EnqueueAsync(
        [
            .. Enumerable.Range(1, 4).Select(finding => Dispatching.Message(finding)),
            .. Enumerable.Range(1, 4).Select(finding => Dispatching.Message(finding, "reminder-1")),
            Dispatching.Message(1, channel: "audit"),
        ]);

        await dispatching.TidyAsync(6);
        await dispatching.TidyAsync(6);

        dispatching.Log.Text.Split("6005 Error").Length.ShouldBe(2, "it is said once");
        dispatching.Log.Text.ShouldContain("2 alerts for channel ops gave way: more than 6 wait");
        var backlog = await dispatching.BacklogAsync();
        (backlog.Waiting, backlog.GaveWay).ShouldBe((6, 2));
        ChannelHealth.Assess(backlog, AnAlert.At).ShouldNotBeNull().Message.ShouldStartWith(
            "More alerts wait for channel ops than there is room for: 2 gave way and will not arrive.");
        await dispatching.DrainAsync();
        dispatching.SentIds.Where(id => id!.EndsWith("ops", StringComparison.Ordinal)).Order().ShouldBe(
            ["1-trigger-ops", "2-trigger-ops", "3-reminder-1-ops", "3-trigger-ops", "4-reminder-1-ops", "4-trigger-ops"]);
    }

    [Fact]
    public async Task Tidy_ThereIsRoomAgain_ForgetsWhatGaveWay()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(200));
        await dispatching.EnqueueAsync([.. Enumerable.Range(1, 8).Select(finding => Dispatching.Message(finding, "reminder-1"))]);
        await dispatching.TidyAsync(6);

        await dispatching.TidyAsync(11);
        (await dispatching.BacklogAsync()).GaveWay.ShouldBe(2, "more than half is taken");
        await dispatching.TidyAsync(12);

        (await dispatching.BacklogAsync()).GaveWay.ShouldBe(0);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Tidy_AtTheLimit_DropsNothing(int waiting)
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(200));
        await dispatching.EnqueueAsync([.. Enumerable.Range(1, waiting).Select(finding => Dispatching.Message(finding, "reminder-1"))]);

        await dispatching.TidyAsync(6);

        (await dispatching.BacklogAsync()).ShouldSatisfyAllConditions(
            backlog => backlog.Waiting.ShouldBe(waiting), backlog => backlog.GaveWay.ShouldBe(0));
    }
}
