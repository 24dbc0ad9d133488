using KeyRotator.Alerts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class AlertDispatcherTests
{
    [Fact]
    public async Task Drain_Delivered_IsNotSentAgain()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(204));
        await dispatching.EnqueueAsync(Dispatching.Message(1));

        (await dispatching.DrainAsync()).ShouldBe(new DrainResult(1, 0, 0));
        (await dispatching.DrainAsync()).ShouldBe(DrainResult.Nothing);

        dispatching.SentIds.ShouldBe(["1-trigger-ops"]);
        (await dispatching.BacklogAsync())
            .ShouldSatisfyAllConditions(backlog => backlog.Waiting.ShouldBe(0), backlog => backlog.LastDeliveredAt.ShouldBe(AnAlert.At));
    }

    [Fact]
    public async Task Drain_FailedOnce_IsSentAgainWithTheSameIdAndANewTime()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(503).Answer(200));
        await dispatching.EnqueueAsync(Dispatching.Message(1));

        (await dispatching.DrainAsync()).ShouldBe(new DrainResult(0, 1, 0));
        dispatching.Clock.Advance(TimeSpan.FromSeconds(5));
        (await dispatching.DrainAsync()).ShouldBe(new DrainResult(1, 0, 0));

        dispatching.SentIds.ShouldBe(["1-trigger-ops", "1-trigger-ops"]);
        dispatching.Http.Requests.Select(request => request.Header("webhook-timestamp")).ShouldBe(["1795255200", "1795255205"]);
        dispatching.Http.Requests[1].Body.ShouldBe(dispatching.Http.Requests[0].Body);
    }

    [Fact]
    public async Task Drain_RetryWithinTheBudget_IsWaitedFor()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(503).Answer(200));
        await dispatching.EnqueueAsync(Dispatching.Message(1));

        var drain = dispatching.DrainAsync(TimeSpan.FromSeconds(30));
        drain.IsCompleted.ShouldBeFalse();
        dispatching.Clock.Advance(TimeSpan.FromSeconds(5));

        (await drain).ShouldBe(new DrainResult(1, 1, 0));
    }

    [Fact]
    public async Task Drain_RefusedByItsReceiver_HoldsNoOtherMessageUp()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(400).Answer(200));
        await dispatching.EnqueueAsync(Dispatching.Message(1), Dispatching.Message(2));

        (await dispatching.DrainAsync()).ShouldBe(new DrainResult(1, 1, 0));
    }

    [Fact]
    public async Task Drain_EarlierMessageOfTheFindingFailed_LaterOnesWait()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(500).Answer(200));
        await dispatching.EnqueueAsync(Dispatching.Message(1), Dispatching.Message(1, "resolved"));

        await dispatching.DrainAsync();
        dispatching.Clock.Advance(TimeSpan.FromSeconds(5));
        await dispatching.DrainAsync();

        dispatching.SentIds.ShouldBe(["1-trigger-ops", "1-trigger-ops", "1-resolved-ops"]);
    }

    [Fact]
    public async Task Drain_SeveralFailuresInARow_LeavesTheReceiverAlone()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(500));
        await dispatching.EnqueueAsync([.. Enumerable.Range(1, 10).Select(finding => Dispatching.Message(finding))]);

        (await dispatching.DrainAsync()).ShouldBe(new DrainResult(0, 3, 0));
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("120", 120)]
    [InlineData("Sat, 21 Nov 2026 10:00:40 GMT", 40)]
    [InlineData("0", 1)] // no less than a second
    [InlineData("999999999", 3_600)] // no more than an hour
    [InlineData("-1", 5)] // not to be understood: as long as the message itself
    [InlineData("abc", 5)]
    public async Task Drain_RetryAfter_HoldsTheWholeChannelUp(string header, int seconds)
    {
        await using var dispatching = await Dispatching.StartAsync(
            new ScriptedHttp().Answer(429, headers: ("Retry-After", header)).Answer(200));
        await dispatching.EnqueueAsync(Dispatching.Message(1), Dispatching.Message(2));

        await dispatching.DrainAsync();
        dispatching.Clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        (await dispatching.DrainAsync(TimeSpan.FromTicks(1))).ShouldBe(DrainResult.Nothing);
        dispatching.Clock.Advance(TimeSpan.FromTicks(1));
        await dispatching.DrainAsync();

        dispatching.SentIds.Last().ShouldBe("2-trigger-ops");
    }

    [Fact]
    public async Task Drain_OneReceiverHangs_DelaysNobody()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Then(HangForAuditAsync));
        await dispatching.EnqueueAsync(Dispatching.Message(1, channel: "audit"), Dispatching.Message(1));

        var hanging = dispatching.DrainAsync();
        await dispatching.EnqueueAsync(Dispatching.Message(2), Dispatching.Message(2, channel: "audit"));
        (await dispatching.DrainAsync()).ShouldBe(new DrainResult(1, 0, 0));
        hanging.IsCompleted.ShouldBeFalse();
        dispatching.Clock.Advance(AlertSender.Timeout);

        (await hanging).ShouldBe(new DrainResult(1, 1, 0));
        (await dispatching.BacklogAsync("audit")).LastError.ShouldBe("timeout");
    }

    [Fact]
    public async Task Drain_ChannelThatIsConfiguredNoMore_GivesItsMessagesUp()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(200));
        await dispatching.EnqueueAsync([.. Enumerable.Range(1, 5).Select(finding => Dispatching.Message(finding, channel: "old"))]);

        (await dispatching.DrainAsync()).ShouldBe(new DrainResult(0, 0, 5));

        dispatching.Http.Requests.ShouldBeEmpty();
        (await dispatching.BacklogAsync("old")).Waiting.ShouldBe(0);
        dispatching.Log.Text.ShouldContain("6002 Error Alert 1-trigger-old to channel old is given up after attempt 1: unknown-channel");
    }

    [Fact]
    public async Task Drain_ReceiverIsGone_KeepsEverythingUntilATestSucceeds()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(410).Answer(200));
        await dispatching.EnqueueAsync(Dispatching.Message(1), Dispatching.Message(2));

        await dispatching.DrainAsync();
        dispatching.Clock.Advance(TimeSpan.FromDays(1));
        (await dispatching.DrainAsync()).ShouldBe(DrainResult.Nothing);
        (await dispatching.Dispatcher.TestAsync(dispatching.Channels["ops"], TestContext.Current.CancellationToken)).Outcome.ShouldBe(
            DeliveryOutcome.Delivered);

        (await dispatching.DrainAsync()).ShouldBe(new DrainResult(2, 0, 0));
        (await dispatching.BacklogAsync()).DisabledAt.ShouldBeNull();
    }

    [Fact]
    public async Task Drain_RemovedChannelThatWasGone_GivesItsMessagesUp()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(410));
        await dispatching.EnqueueAsync(Dispatching.Message(1), Dispatching.Message(2));

        await dispatching.DrainAsync();
        dispatching.Channels.Clear();
        dispatching.Clock.Advance(TimeSpan.FromSeconds(5));

        (await dispatching.DrainAsync()).ShouldBe(new DrainResult(0, 0, 2));
    }

    [Fact]
    public async Task Drain_ScheduleEnds_GivesUpLoudly()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(404));
        await dispatching.EnqueueAsync(Dispatching.Message(1));

        for (var attempt = 1; attempt <= DeliverySchedule.MaxAttempts; attempt++)
        {
            await dispatching.DrainAsync();
            dispatching.Clock.Advance(TimeSpan.FromHours(5));
        }

        dispatching.Http.Requests.Count.ShouldBe(DeliverySchedule.MaxAttempts);
        dispatching.Log.Text.ShouldContain("is given up after attempt 26: refused-http-404");
        ChannelHealth.Assess(await dispatching.BacklogAsync(), dispatching.Clock.GetUtcNow()).ShouldNotBeNull();
    }

    private static async Task<HttpResponseMessage> HangForAuditAsync(RecordedRequest request, CancellationToken cancellationToken)
    {
        if (request.Url.Host == "audit.example")
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        return ScriptedHttp.Message(200);
    }
}
