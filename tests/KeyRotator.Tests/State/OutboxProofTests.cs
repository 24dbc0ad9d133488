using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>What is known of attempts: who surely was not told hears of no end, and who may have been does.</summary>
public abstract class OutboxProofTests<TEngine> : OutboxSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task CancelUntold_EveryAttemptProvedThatItDidNotArrive_CancelsIt()
    {
        await EnqueueAsync(Message(1), Message(1, occasion: "reminder-1"));
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Retry, Now, error: "network");
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Retry, Now, error: "http-503");

        (await CancelUntoldAsync(1)).ShouldBeEmpty();

        (await ClaimAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task CancelUntold_OneAttemptEndedWithoutAWord_KeepsItAndNamesItsChannel()
    {
        await EnqueueAsync(Message(1));
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Retry, Now, error: "timeout", mayHaveArrived: true);
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Retry, Now, error: "network");

        (await CancelUntoldAsync(1)).ShouldBe(["ops"]);

        (await ClaimAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task CancelUntold_UnderWay_KeepsItAndNamesItsChannel()
    {
        await EnqueueAsync(Message(1));
        await ClaimAsync();

        (await CancelUntoldAsync(1)).ShouldBe(["ops"]);
    }

    [Fact]
    public async Task CancelUntold_AProcessDiedInMidAttempt_NobodyKnows()
    {
        await EnqueueAsync(Message(1));
        await ClaimAsync();
        await RecordAsync((await ClaimAsync(Now.AddMinutes(1))).Single(), DeliveryOutcome.Retry, Now, error: "network");

        (await CancelUntoldAsync(1)).ShouldBe(["ops"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CancelUntold_GivenUp_WasToldOnlyIfItMayHaveArrived(bool mayHaveArrived)
    {
        await EnqueueAsync(Message(1));
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Refused, mayHaveArrived: mayHaveArrived);

        (await CancelUntoldAsync(1)).Count.ShouldBe(mayHaveArrived ? 1 : 0);
    }

    [Fact]
    public async Task Prune_FirstMessageWasRefused_RemembersTheOneThatArrived()
    {
        var finding = await OpenAsync("k");
        await EnqueueAsync(Message(finding.Id), Message(finding.Id, occasion: "reminder-1"), Message(finding.Id, occasion: "rung-7"));
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Refused);
        await DeliverAsync((await ClaimAsync()).Single());
        await DeliverAsync((await ClaimAsync()).Single());

        await WriteAsync(transaction => OutboxTable.PruneAsync(transaction, Now.AddDays(1), 10, Cancel));

        (await CancelUntoldAsync(finding.Id)).ShouldBe(["ops"]);
    }

    [Theory]
    [InlineData(true, true, 0)] // all are over: nobody hears of them
    [InlineData(true, false, 1)] // one is open still
    [InlineData(false, false, 1)]
    public async Task CancelOver_Digest_GoesOnlyWhenAllItsFindingsAreOver(bool firstIsOver, bool secondIsOver, int left)
    {
        var (first, second) = (await OpenAsync("a"), await OpenAsync("b"));
        await EnqueueAsync(Digest(first, second));
        await (firstIsOver ? EndAsync(first) : Task.CompletedTask);
        await (secondIsOver ? EndAsync(second) : Task.CompletedTask);

        await CancelOverAsync();

        (await ClaimAsync()).Count.ShouldBe(left);
    }

    [Fact]
    public async Task CancelOver_Digest_TakesTheEndsWithItThatWaitBehindIt()
    {
        var (first, second) = (await OpenAsync("a"), await OpenAsync("b"));
        await EnqueueAsync(Digest(first, second));
        (await EndAsync(first)).ShouldBe(["ops"]);
        await EnqueueAsync(Message(first.Id, occasion: "resolved"), Message(first.Id, "audit", "resolved"));
        await EndAsync(second);

        await CancelOverAsync();

        (await ClaimAsync()).ShouldBeEmpty();
        (await ClaimAsync(channel: "audit")).Count.ShouldBe(1, "that channel has no digest");
    }

    [Fact]
    public async Task CancelOver_OneOfItsFindingsWasToldBefore_StaysToTellOfItsEnd()
    {
        var (first, second) = (await OpenAsync("a"), await OpenAsync("b"));
        await EnqueueAsync(Message(first.Id));
        await DeliverAsync((await ClaimAsync()).Single());
        await EnqueueAsync(Digest(first, second));
        await EndAsync(first);
        await EndAsync(second);

        await CancelOverAsync();

        (await ClaimAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task CancelOver_DigestMayHaveArrived_Stays()
    {
        var first = await OpenAsync("a");
        await EnqueueAsync(Digest(first));
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Retry, Now, error: "timeout", mayHaveArrived: true);
        await EndAsync(first);

        await CancelOverAsync();

        (await ClaimAsync()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("reminder-1", "reminder-2", "2/reminder-2")]
    [InlineData("rung-7", "rung-3", "2/rung-3")]
    [InlineData("rung-7", "reminder-2", "2/rung-7")] // another series
    [InlineData("trigger", "reminder-2", "2/trigger")]
    public async Task Enqueue_NeverTriedAndOvertaken_IsSuperseded(string before, string after, string first)
    {
        await EnqueueAsync(Message(2, occasion: before), Message(3, occasion: before), Message(2, "audit", before));

        await EnqueueAsync(Message(2, occasion: after));

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe([first, $"3/{before}"], ignoreOrder: true);
        (await ClaimAsync(channel: "audit")).Select(claimed => claimed.Alert.Id).ShouldBe([$"2/{before}"]);
    }

    [Fact]
    public async Task Enqueue_TriedAndOvertaken_StaysInItsPlace()
    {
        await EnqueueAsync(Message(2, occasion: "reminder-1"));
        await RecordAsync((await ClaimAsync()).Single(), DeliveryOutcome.Retry, Now, error: "network");

        await EnqueueAsync(Message(2, occasion: "reminder-2"));

        (await ClaimAsync()).Select(claimed => claimed.Alert.Id).ShouldBe(["2/reminder-1"]);
    }

    [Fact]
    public async Task WaitingChannels_ManyRows_NamesEachOnce()
    {
        await EnqueueAsync(Message(1), Message(2), Message(1, "audit"), Message(1, "z"));
        await DeliverAsync((await ClaimAsync(channel: "z")).Single());

        (await ReadAsync(transaction => OutboxTable.WaitingChannelsAsync(transaction, Cancel))).ShouldBe(["audit", "ops"]);
    }

    private static OutboxMessage Digest(params Finding[] findings) =>
        Message(null, occasion: "digest-1") with { Digested = [.. findings.Select(finding => finding.Id)] };

    private Task<Finding> OpenAsync(string key) =>
        WriteAsync(transaction => FindingTable.InsertAsync(transaction, Claim(key), Now, null, null, Cancel));

    private Task<IReadOnlySet<string>> EndAsync(Finding finding) => WriteAsync(async transaction =>
    {
        await FindingTable.UpdateAsync(transaction, finding with { ResolvedAt = Now }, Cancel);
        return await OutboxTable.CancelUntoldAsync(transaction, finding.Id, Now, Cancel);
    });

    private Task<IReadOnlySet<string>> CancelUntoldAsync(long finding) =>
        WriteAsync(transaction => OutboxTable.CancelUntoldAsync(transaction, finding, Now, Cancel));

    private Task<int> CancelOverAsync() => WriteAsync(transaction => OutboxStale.CancelOverAsync(transaction, Now, Cancel));
}

public sealed class SqliteFileOutboxProofTests : OutboxProofTests<SqliteFileEngine>;

public sealed class PostgresOutboxProofTests : OutboxProofTests<PostgresTestEngine>;

public sealed class SqliteMemoryOutboxProofTests : OutboxProofTests<SqliteMemoryEngine>;
