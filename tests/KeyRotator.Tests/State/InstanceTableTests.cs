using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class InstanceTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    private static readonly InstanceStatus s_full = new()
    {
        Provider = "azure-eu",
        Endpoint = "5f0c3a9b",
        FirstAcceptedAt = Now,
        ControlAt = Now.AddTicks(1),
        ControlAccepted = true,
        UnreachablePasses = 2,
        HoldSince = Now.AddTicks(2),
        NotBefore = Now.AddTicks(3),
    };

    [Fact]
    public async Task Load_Unknown_GivesAFreshOne() => (await LoadAsync("azure-eu")).ShouldBe(new() { Provider = "azure-eu" });

    [Fact]
    public async Task Save_Twice_KeepsTheSecond()
    {
        await SaveAsync(s_full);
        (await LoadAsync("azure-eu")).ShouldBe(s_full);

        await SaveAsync(new() { Provider = "azure-eu" });
        (await LoadAsync("azure-eu")).ShouldBe(new() { Provider = "azure-eu" });
    }

    [Fact]
    public async Task ModelList_SavedTwice_StaysAsItWas()
    {
        await SaveListAsync("d1", "mistral-small-2603", "модель");
        await SaveListAsync("d1", "another");

        (await LoadListAsync("d1")).ShouldBe(["mistral-small-2603", "модель"]);
        (await LoadListAsync("d2")).ShouldBeNull();
    }

    [Fact]
    public async Task ModelList_Pruned_KeepsWhatStatusesReferTo()
    {
        await SaveListAsync("used", "a");
        await SaveListAsync("unused", "b");
        await WriteAsync(transaction => KeyStatusTable.SaveAsync(
            transaction, [Status("k") with { Models = new() { ListDigest = "used" } }, Status("without")], Cancel));

        var gone = await WriteAsync(transaction => ModelListTable.PruneAsync(transaction, Cancel));

        gone.ShouldBe(1);
        (await LoadListAsync("used")).ShouldBe(["a"]);
    }

    private Task<InstanceStatus> LoadAsync(string provider) =>
        ReadAsync(transaction => InstanceTable.LoadAsync(transaction, provider, Cancel));

    private Task SaveAsync(InstanceStatus status) => WriteAsync(transaction => InstanceTable.SaveAsync(transaction, status, Cancel));

    private Task SaveListAsync(string digest, params string[] ids) =>
        WriteAsync(transaction => ModelListTable.SaveAsync(transaction, digest, ids, Cancel));

    private Task<IReadOnlyList<string>?> LoadListAsync(string digest) =>
        ReadAsync(transaction => ModelListTable.LoadAsync(transaction, digest, Cancel));
}

public sealed class SqliteFileInstanceTableTests : InstanceTableTests<SqliteFileEngine>;

public sealed class PostgresInstanceTableTests : InstanceTableTests<PostgresTestEngine>;

public sealed class SqliteMemoryInstanceTableTests : InstanceTableTests<SqliteMemoryEngine>;
