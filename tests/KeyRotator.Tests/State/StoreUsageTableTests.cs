using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class StoreUsageTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Load_NothingCounted_IsEmpty() => (await LoadAsync()).ShouldBeEmpty();

    [Fact]
    public async Task Add_TwoReplicas_AddUpFromTheFirstOnesStart()
    {
        await AddAsync(new("aws", Now, 5, 1, 0));
        await AddAsync(new("aws", Now.AddHours(1), 10, 0, 3));
        await AddAsync(new("vault", Now.AddHours(1), 3_000_000_000, 0, 0));

        (await LoadAsync()).Values.OrderBy(usage => usage.Store).ShouldBe(
            [new("aws", Now, 15, 1, 3), new("vault", Now.AddHours(1), 3_000_000_000, 0, 0)]);
    }

    private Task<IReadOnlyDictionary<string, StoreUsage>> LoadAsync() =>
        ReadAsync(transaction => StoreUsageTable.LoadAsync(transaction, Cancel));

    private Task AddAsync(StoreUsage usage) => WriteAsync(transaction => StoreUsageTable.AddAsync(transaction, usage, Cancel));
}

public sealed class SqliteFileStoreUsageTableTests : StoreUsageTableTests<SqliteFileEngine>;

public sealed class PostgresStoreUsageTableTests : StoreUsageTableTests<PostgresTestEngine>;

public sealed class SqliteMemoryStoreUsageTableTests : StoreUsageTableTests<SqliteMemoryEngine>;
