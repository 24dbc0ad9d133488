using System.Collections.Concurrent;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class TransactionTests<TEngine> : OutboxSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Dispose_WithoutCommit_LeavesNothing()
    {
        await using (var transaction = await Database.BeginWriteAsync(Cancel))
        {
            await InstanceTable.SaveAsync(transaction, new() { Provider = "p", UnreachablePasses = 9 }, Cancel);
        }

        (await PassesAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Dispose_Twice_GivesBackOnce()
    {
        var transaction = await Database.BeginWriteAsync(Cancel);
        await transaction.DisposeAsync();
        await transaction.DisposeAsync();

        await using var next = await Database.BeginWriteAsync(Cancel);
        using var stop = new CancellationTokenSource();
        var waiting = Database.BeginWriteAsync(stop.Token);
        waiting.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Begin_AfterDispose_IsRefused()
    {
        await Database.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(() => Database.BeginWriteAsync(Cancel));
        await Should.ThrowAsync<ObjectDisposedException>(() => Database.BeginReadAsync(Cancel));
    }

    [Fact]
    public async Task Dispose_DuringATransaction_LetsItFinish()
    {
        var database = await OpenAsync();
        await using var transaction = await database.BeginWriteAsync(Cancel);
        await database.DisposeAsync();

        await InstanceTable.SaveAsync(transaction, new() { Provider = "p" }, Cancel);
        await transaction.CommitAsync(Cancel);
    }

    [Fact]
    public async Task Commit_Cancelled_LeavesNothing()
    {
        await using (var transaction = await Database.BeginWriteAsync(Cancel))
        {
            await InstanceTable.SaveAsync(transaction, new() { Provider = "p", UnreachablePasses = 9 }, Cancel);
            await Should.ThrowAsync<OperationCanceledException>(() => transaction.CommitAsync(new(canceled: true)));
        }

        (await PassesAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Write_ManyTasks_LoseNoUpdate()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => CountUpAsync(Database, 25), Cancel)));

        (await PassesAsync()).ShouldBe(200);
    }

    [Fact]
    public async Task ReadAndWrite_ManyTasks_DoNotDisturbEachOther()
    {
        var writing = Task.Run(() => CountUpAsync(Database, 50), Cancel);
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var round = 0; round < 50; round++)
            {
                (await PassesAsync()).ShouldBeInRange(0, 50);
            }
        }, Cancel));

        await Task.WhenAll([writing, .. reading]);

        (await PassesAsync()).ShouldBe(50);
    }

    private protected static async Task CountUpAsync(StateDatabase database, int times)
    {
        for (var time = 0; time < times; time++)
        {
            await WriteAsync(database, async transaction =>
            {
                var status = await InstanceTable.LoadAsync(transaction, "p", Cancel);
                await InstanceTable.SaveAsync(transaction, status with { UnreachablePasses = status.UnreachablePasses + 1 }, Cancel);
                return 0;
            });
        }
    }

    private protected async Task<int> PassesAsync() =>
        (await ReadAsync(transaction => InstanceTable.LoadAsync(transaction, "p", Cancel))).UnreachablePasses;
}

/// <summary>Two processes on one database: each has an opening of its own.</summary>
public abstract class SharedTransactionTests<TEngine> : TransactionTests<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Read_WhileAnotherCommits_SeesOneMoment()
    {
        await using var reading = await Database.BeginReadAsync(Cancel);
        (await InstanceTable.LoadAsync(reading, "p", Cancel)).UnreachablePasses.ShouldBe(0);

        await CountUpAsync(Database, 1);

        (await InstanceTable.LoadAsync(reading, "p", Cancel)).UnreachablePasses.ShouldBe(0);
        (await PassesAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Write_TwoProcesses_LoseNoUpdate()
    {
        await using var other = await OpenAsync();

        StateDatabase[] both = [Database, other, Database, other];
        await Task.WhenAll(both.Select(database => Task.Run(() => CountUpAsync(database, 50), Cancel)));

        (await PassesAsync()).ShouldBe(200);
    }

    [Fact]
    public async Task Insert_SameFindingInTwoProcesses_OpensOne()
    {
        await using var other = await OpenAsync();

        var findings = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => Task.Run(() => WriteAsync(
            index % 2 == 0 ? Database : other,
            transaction => FindingTable.InsertAsync(transaction, Claim(), Now, null, null, Cancel)), Cancel)));

        findings.Select(finding => finding.Id).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Claim_TwoProcesses_NoMessageTwice()
    {
        await using var other = await OpenAsync();
        await EnqueueAsync([.. Enumerable.Range(1, 200).Select(finding => Message(finding))]);
        var claimed = new ConcurrentBag<long>();

        StateDatabase[] both = [Database, other, Database, other];
        await Task.WhenAll(both.Select(database => Task.Run(() => DrainAsync(database, claimed), Cancel)));

        claimed.Order().ShouldBe(Enumerable.Range(1, 200).Select(sequence => (long)sequence));
    }

    private static async Task DrainAsync(StateDatabase database, ConcurrentBag<long> claimed)
    {
        IReadOnlyList<ClaimedMessage> batch;
        do
        {
            batch = await WriteAsync(
                database, transaction => OutboxTable.ClaimAsync(transaction, "ops", Now, TimeSpan.FromMinutes(1), 7, Cancel));
            batch.ToList().ForEach(message => claimed.Add(message.Sequence));
        }
        while (batch.Count > 0);
    }
}

public sealed class SqliteFileTransactionTests : SharedTransactionTests<SqliteFileEngine>;

public sealed class PostgresTransactionTests : SharedTransactionTests<PostgresTestEngine>;

public sealed class SqliteMemoryTransactionTests : TransactionTests<SqliteMemoryEngine>;
