using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>Messages that wait to be told together.</summary>
public abstract class OutboxGatheringTests<TEngine> : OutboxSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Gathered_Waiting_AreClaimedByNobodyAndComeInOrder()
    {
        await EnqueueAsync(Waiting(5), Waiting(4), Waiting(9, "audit"), Waiting(3) with { NotBefore = Now.AddTicks(1) }, Message(1));

        var gathered = await GatheredAsync(named: 1);

        gathered.Select(message => (message.Channel, message.Finding, message.Alert?.Id))
            .ShouldBe([("audit", 9, "9/trigger"), ("ops", 4, "4/trigger"), ("ops", 5, null)]);
        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["1/trigger"]);
        (await NextDueAsync()).ShouldBe(Now.AddMinutes(1), "only the claimed one waits for its time");
    }

    [Fact]
    public async Task Release_Waiting_IsToldByItself()
    {
        await EnqueueAsync(Waiting(5));
        var waiting = await GatheredAsync();

        await WriteAsync(transaction => OutboxDigestTable.ReleaseAsync(transaction, waiting, Now, Cancel));

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["5/trigger"]);
        (await GatheredAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Close_Waiting_IsToldNoMoreAndLaterMessagesGoOn()
    {
        await EnqueueAsync(Waiting(5), Message(5, occasion: "rung-7"));
        (await ClaimAsync()).ShouldBeEmpty("the first comes first");
        var waiting = await GatheredAsync();

        await WriteAsync(transaction => OutboxDigestTable.CloseAsync(transaction, waiting, Now, Cancel));
        await EnqueueAsync(Waiting(5));

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["5/rung-7"]);
        (await GatheredAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Gathered_ResolvedBefore_IsToldNowhere()
    {
        await EnqueueAsync(Waiting(5));

        (await WriteAsync(transaction => OutboxTable.CancelUntoldAsync(transaction, 5, Now, Cancel))).ShouldBeEmpty();

        (await GatheredAsync()).ShouldBeEmpty();
    }

    private static OutboxMessage Waiting(long finding, string channel = "ops") => Message(finding, channel) with { Gathers = true };

    private Task<IReadOnlyList<GatheredMessage>> GatheredAsync(int named = 10) =>
        ReadAsync(transaction => OutboxDigestTable.GatheredAsync(transaction, Now, named, Cancel));
}

public sealed class SqliteFileOutboxGatheringTests : OutboxGatheringTests<SqliteFileEngine>;

public sealed class SqliteMemoryOutboxGatheringTests : OutboxGatheringTests<SqliteMemoryEngine>;
