using KeyRotator.Alerts;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>What happens to messages besides being sent: held, cancelled, counted, removed.</summary>
public abstract class OutboxUpkeepTests<TEngine> : OutboxSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 0)]
    public async Task Hold_Messages_WaitUntilThen(int ticks, int expected)
    {
        await EnqueueAsync(Message(1));
        await HoldAsync(Now.AddMinutes(30), 1);

        (await ClaimAsync(Now.AddMinutes(30).AddTicks(ticks))).Count.ShouldBe(expected);
    }

    [Fact]
    public async Task Hold_PastTime_LetsThemGo()
    {
        await EnqueueAsync(Message(1), Message(2));
        await HoldAsync(Now.AddMinutes(30), 1, 2);

        await HoldAsync(Now, 2);

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["2/trigger"]);
    }

    [Fact]
    public async Task Hold_MessageUnderWay_StaysHeldThroughItsRetry()
    {
        await EnqueueAsync(Message(1));
        var claimed = (await ClaimAsync()).Single();
        await HoldAsync(Now.AddMinutes(30), 1);
        await RecordAsync(claimed, DeliveryOutcome.Retry, Now.AddMinutes(1));

        (await ClaimAsync(Now.AddMinutes(29))).ShouldBeEmpty();
        (await ClaimAsync(Now.AddMinutes(30))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task CancelUntold_HeldWhileUnderWay_IsLetGoForItsEndToFollow()
    {
        await EnqueueAsync(Message(1));
        await ClaimAsync();
        await HoldAsync(Now.AddMinutes(30), 1);

        (await CancelUntoldAsync(1)).ShouldBe(["ops"]);
        await EnqueueAsync(Message(1, occasion: "resolved"));

        var again = (await ClaimAsync(Now.AddMinutes(2))).Single();
        again.Alert.Id.ShouldBe("1/trigger");
        await DeliverAsync(again);
        (await ClaimAsync(Now.AddMinutes(2))).Single().Alert.Id.ShouldBe("1/resolved");
    }

    [Fact]
    public async Task Hold_ResolvedMessage_IsNotHeld()
    {
        await EnqueueAsync(Message(1, occasion: "resolved"));
        await HoldAsync(Now.AddMinutes(30), 1);

        (await ClaimAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task CancelUntold_NeverTried_CancelsAll()
    {
        await EnqueueAsync(Message(1), Message(1, "audit"), Message(2));

        (await CancelUntoldAsync(1)).ShouldBeEmpty();

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["2/trigger"]);
        (await ClaimAsync(channel: "audit")).ShouldBeEmpty();
    }

    [Fact]
    public async Task CancelUntold_TriedOnOneChannel_NamesItAndKeepsWhatWasTried()
    {
        await EnqueueAsync(Message(1), Message(1, occasion: "reminder-1"), Message(1, "audit"));
        var claimed = (await ClaimAsync()).Single();

        (await CancelUntoldAsync(1)).ShouldBe(["ops"]);

        (await DeliverAsync(claimed)).ShouldBeTrue();
        (await BacklogAsync()).Single().Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Backlog_Failures_AreCountedFromTheFirst()
    {
        await EnqueueAsync(Message(1) with { Alert = Alert("b", Now.AddHours(-1)) }, Message(1, occasion: "resolved"));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Retry, Now, Now.AddMinutes(attempt), $"http-50{attempt}");
        }

        (await BacklogAsync()).ShouldBe([new ChannelBacklog("ops", 2, Now.AddHours(-1), null, Now, 3, "http-502", null)]);
    }

    [Fact]
    public async Task Backlog_DeliveryAfterFailures_StartsAnew()
    {
        await EnqueueAsync(Message(1));
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Retry, Now, Now, "timeout");
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Delivered, at: Now.AddMinutes(1));

        (await BacklogAsync()).ShouldBe([new ChannelBacklog("ops", 0, null, Now.AddMinutes(1), null, 0, null, null)]);
    }

    [Fact]
    public async Task Enable_AfterGone_LetsTheRestGo()
    {
        await EnqueueAsync(Message(1), Message(2), Message(3, "audit"));
        await RecordAsync((await ClaimAsync(limit: 1)).Single(), DeliveryOutcome.Gone, error: "http-410");
        (await ClaimAsync()).ShouldBeEmpty();
        (await ClaimAsync(channel: "audit")).Count.ShouldBe(1);
        (await BacklogAsync()).Single(channel => channel.Channel == "ops").DisabledAt.ShouldBe(Now);

        await WriteAsync(transaction => ChannelTable.EnableAsync(transaction, "ops", Cancel));

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["2/trigger"]);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public async Task Prune_Finished_GoesAfterItsTime(int ticks, int expected)
    {
        await EnqueueAsync(Message(1), Message(2));
        await DeliverAsync((await ClaimAsync(limit: 1)).Single());

        (await PruneAsync(Now.AddTicks(ticks), 10)).ShouldBe(expected);

        (await BacklogAsync()).Single().Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task Prune_FindingStillOpen_RemembersWhoWasTold()
    {
        var finding = await WriteAsync(transaction => FindingTable.InsertAsync(transaction, Claim(), Now, null, null, Cancel));
        await EnqueueAsync(
            Message(finding.Id), Message(finding.Id, occasion: "reminder-1"), Message(finding.Id, occasion: "escalate-Critical"));
        for (var message = 0; message < 3; message++)
        {
            await DeliverAsync((await ClaimAsync()).Single());
        }

        (await PruneAsync(Now.AddDays(1), 10)).ShouldBe(2);
        (await CancelUntoldAsync(finding.Id)).ShouldBe(["ops"]);
        await WriteAsync(transaction => FindingTable.UpdateAsync(transaction, finding with { ResolvedAt = Now }, Cancel));
        (await PruneAsync(Now.AddDays(1), 10)).ShouldBe(1);
    }

    private Task HoldAsync(DateTimeOffset until, params long[] findings) =>
        WriteAsync(transaction => OutboxTable.HoldAsync(transaction, findings, until, Cancel));

    private Task<IReadOnlySet<string>> CancelUntoldAsync(long finding) =>
        WriteAsync(transaction => OutboxTable.CancelUntoldAsync(transaction, finding, Now, Cancel));

    private Task<int> PruneAsync(DateTimeOffset before, int limit) =>
        WriteAsync(transaction => OutboxTable.PruneAsync(transaction, before, limit, Cancel));
}

public sealed class SqliteFileOutboxUpkeepTests : OutboxUpkeepTests<SqliteFileEngine>;

public sealed class PostgresOutboxUpkeepTests : OutboxUpkeepTests<PostgresTestEngine>;

public sealed class SqliteMemoryOutboxUpkeepTests : OutboxUpkeepTests<SqliteMemoryEngine>;
