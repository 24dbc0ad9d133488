using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>Who waits for messages is told when they are committed, and only then.</summary>
public abstract class OutboxSignalTests<TEngine> : OutboxSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Commit_WithMessages_IsTold()
    {
        var next = Database.Messages.Next;

        await EnqueueAsync(Message(1));

        next.IsCompleted.ShouldBeTrue();
        Database.Messages.Next.IsCompleted.ShouldBeFalse("that is for the next one");
    }

    [Fact]
    public async Task Commit_WithoutMessages_IsNotTold()
    {
        var next = Database.Messages.Next;

        await WriteAsync(transaction => ChannelTable.EnableAsync(transaction, "ops", Cancel));

        next.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task RolledBack_WithMessages_IsNotTold()
    {
        var next = Database.Messages.Next;
        await using (var transaction = await Database.BeginWriteAsync(Cancel))
        {
            await OutboxTable.EnqueueAsync(transaction, [Message(1)], Cancel);
        }

        next.IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData(nameof(Durability.PowerLoss))]
    [InlineData(nameof(Durability.ProcessEnd))]
    public async Task Write_AnyDurability_IsThereAndTheNextIsAsSafeAsItSays(string durability)
    {
        await using (var transaction = await Database.BeginWriteAsync(Enum.Parse<Durability>(durability), Cancel))
        {
            await OutboxTable.EnqueueAsync(transaction, [Message(1)], Cancel);
            await transaction.CommitAsync(Cancel);
        }

        (await WriteAsync(transaction => transaction.Prepare(Engine.DurabilityQuery).ReadAsync(row => row.Text(), Cancel)))
            .ShouldBe([Engine.Durable]);
        (await ClaimAsync()).Count.ShouldBe(1);
    }
}

public sealed class SqliteFileOutboxSignalTests : OutboxSignalTests<SqliteFileEngine>;

public sealed class PostgresOutboxSignalTests : OutboxSignalTests<PostgresTestEngine>;

public sealed class SqliteMemoryOutboxSignalTests : OutboxSignalTests<SqliteMemoryEngine>;
