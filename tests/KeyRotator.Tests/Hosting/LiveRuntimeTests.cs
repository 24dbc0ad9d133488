using KeyRotator.Configuration;
using KeyRotator.Hosting;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

public sealed class LiveRuntimeTests : IAsyncLifetime
{
    private static readonly string[] s_stores = ["env", "ENV"];

    private readonly ManualClock _clock = new();

    private StateDatabase _state = null!;
    private LiveRuntime _live = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _state = await StateDatabase.OpenAsync(null, _clock, Token);
        _live = new LiveRuntime(_state, _clock, NullLoggerFactory.Instance);
    }

    public ValueTask DisposeAsync()
    {
        _live.Dispose();
        return _state.DisposeAsync();
    }

    [Fact]
    public async Task PutInForce_StoresDifferInCaseOnly_AreTwoStores()
    {
        await _live.PutInForceAsync(With(), Token);

        using var runtime = _live.Rent();
        runtime.Value.Environment.Stores.Keys.ShouldBe(s_stores, ignoreOrder: true);
    }

    [Fact]
    public async Task PutInForce_DatabaseFails_LeavesTheOneBefore()
    {
        await _live.PutInForceAsync(With(), Token);
        using var before = _live.Rent();

        await Should.ThrowAsync<OperationCanceledException>(
            () => _live.PutInForceAsync(With(A.Key()), new CancellationToken(canceled: true)));

        using var after = _live.Rent();
        after.Value.ShouldBeSameAs(before.Value);
    }

    [Fact]
    public async Task PutInForce_EachTime_IsInTheAudit()
    {
        _state.Actor = new("svc@host", "run");
        await _live.PutInForceAsync(With(A.Key("a"), A.Key("b")) with { Digest = "aa" }, Token);
        await _live.PutInForceAsync(With(A.Key("b"), A.Key("c"), A.Key("d")) with { Digest = "bb" }, Token);

        await using var transaction = await _state.BeginReadAsync(Token);
        var rows = await AuditTable.PageAsync(transaction, 0, 10, Token);
        rows.Select(row => $"{row.Act} {row.Target} {row.Actor} {row.How} {row.Reason}").ShouldBe(
        [
            "service.started sha256:aa svc@host run 2 keys, 2 stores, 1 providers, 0 channels, 0 routes.",
            "configuration.reloaded sha256:bb svc@host run 3 keys (+2 -1), 2 stores, 1 providers, 0 channels, 0 routes.",
        ]);
    }

    [Fact]
    public async Task PutInForce_ThatCannotBeAudited_LeavesTheOneBefore()
    {
        await _live.PutInForceAsync(With(), Token);
        using var before = _live.Rent();
        await using (var transaction = await _state.BeginWriteAsync(Token))
        {
            await transaction.Prepare("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END")
                .ExecuteAsync(Token);
            await transaction.CommitAsync(Token);
        }

        await Should.ThrowAsync<StateException>(() => _live.PutInForceAsync(With(A.Key()), Token));

        using var after = _live.Rent();
        after.Value.ShouldBeSameAs(before.Value);
    }

    [Fact]
    public async Task Due_NewKeys_AreAllButTheSuspended()
    {
        await _live.PutInForceAsync(With(A.Key("a"), A.Key("b") with { Suspended = true }), Token);

        (await DueAsync()).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Due_HeldByAnOperatorMeanwhile_IsNotDueUntilItsTimeIsOver()
    {
        await _live.PutInForceAsync(With(A.Key("a"), A.Key("b")), Token);
        using var runtime = _live.Rent();
        var held = new Suspension
        {
            Since = _clock.GetUtcNow(),
            By = "ops@test",
            Reason = "moving",
            Until = _clock.GetUtcNow().AddHours(1),
        };
        await runtime.Value.Suspensions.SuspendAsync([A.Key("b")], held, Token);

        (await _live.DueAsync(runtime.Value, Shard.One[0], Token)).Select(key => key.Id.Value).ShouldBe(["a"]);

        await _live.PutInForceAsync(With(A.Key("a"), A.Key("b")) with { Digest = "edited" }, Token);
        using var reloaded = _live.Rent();
        (await _live.DueAsync(reloaded.Value, Shard.One[0], Token)).Select(key => key.Id.Value).ShouldBe(["a"]);
        _clock.Advance(TimeSpan.FromHours(1));
        (await _live.DueAsync(reloaded.Value, Shard.One[0], Token)).Select(key => key.Id.Value).ShouldBe(["a", "b"], ignoreOrder: true);
    }

    [Fact]
    public async Task Due_SuspendedWhenDue_AreNotDueForEver()
    {
        await _live.PutInForceAsync(With(A.Key("a"), A.Key("b")), Token);
        await using (var transaction = await _state.BeginWriteAsync(Token))
        {
            await KeyStatusTable.SaveAsync(transaction, [Due("a"), Due("b")], Token);
            await transaction.CommitAsync(Token);
        }

        await _live.PutInForceAsync(With(A.Key("a"), A.Key("b") with { Suspended = true }), Token);

        (await DueAsync()).ShouldBe(["a"]);
    }

    [Fact]
    public async Task Due_KeysFoundByAnotherProcess_AreDueUnlessTheyAreGone()
    {
        var settings = With(A.Key("a"));
        await _live.PutInForceAsync(settings with { Stores = settings.Stores.ToDictionary(store => store.Key, Discovering) }, Token);
        (await DueAsync()).ShouldBe(["a"]);

        await FindAsync(Found("b"), Found("c") with { GoneSince = Seen.Start });

        (await DueAsync()).ShouldBe(["a", "env/b"], ignoreOrder: true);
    }

    [Fact]
    public async Task Due_OfAShard_AreItsOwn()
    {
        ManagedKey[] keys = [.. Enumerable.Range(0, 100).Select(index => A.Key($"k{index}"))];
        await _live.PutInForceAsync(With(keys), Token);
        await SaveAsync([.. keys.Take(50).Select(key => Due(key.Id.Value))]);
        using var runtime = _live.Rent();

        foreach (var shard in Shard.Many)
        {
            (await _live.DueAsync(runtime.Value, shard, Token)).ShouldBe(keys.Where(key => shard.Has(key.Id)), ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Due_CheckedForTheFirstTimeByAnotherProcess_AreDueByTheirOwnTime()
    {
        await _live.PutInForceAsync(With(A.Key("a"), A.Key("b")), Token);
        await SaveAsync(Due("b") with { NextCheckAt = _clock.GetUtcNow().AddHours(1) });

        (await DueAsync()).ShouldBe(["a"]);
        _clock.Advance(TimeSpan.FromHours(1));
        (await DueAsync()).ShouldBe(["a", "b"], ignoreOrder: true);
    }

    [Fact]
    public async Task Replicas_OfTheOneBefore_AreTheOneAfters()
    {
        await _live.PutInForceAsync(With(), Token);
        _live.Replicas = 3;
        await _live.PutInForceAsync(With(A.Key()), Token);

        using var runtime = _live.Rent();
        runtime.Value.Environment.Share.Replicas.ShouldBe(3);
        _live.Replicas = 2;
        runtime.Value.Environment.Share.Replicas.ShouldBe(2);
    }

    private async Task SaveAsync(params KeyStatus[] statuses)
    {
        await using var transaction = await _state.BeginWriteAsync(Token);
        await KeyStatusTable.SaveAsync(transaction, statuses, Token);
        await transaction.CommitAsync(Token);
    }

    private static StoreSettings Discovering(KeyValuePair<string, StoreSettings> store) =>
        store.Value with { Discover = new DiscoverSettings { Tag = "keyrotator" } };

    private static DiscoveredKey Found(string name) =>
        new() { Id = KeyId.Parse($"env/{name}"), Location = new() { Store = "env", Name = name }, Provider = "mistral" };

    private async Task FindAsync(params DiscoveredKey[] keys)
    {
        await using var transaction = await _state.BeginWriteAsync(Token);
        await DiscoveryTable.ClaimAsync(transaction, "env", "q", Seen.Start, TimeSpan.Zero, TimeSpan.Zero, Token);
        foreach (var key in keys)
        {
            await DiscoveredKeyTable.SaveAsync(transaction, key, 1, Token);
        }

        await transaction.CommitAsync(Token);
    }

    private static KeyStatus Due(string id) =>
        new() { KeyId = KeyId.Parse(id), Provider = "mistral", NextCheckAt = Seen.Start.AddYears(-1) };

    private static Settings With(params ManagedKey[] keys) => new()
    {
        Database = new DatabaseSettings(),
        Providers = new Dictionary<string, ProviderInstance> { ["mistral"] = A.Instance("mistral") },
        Stores = s_stores.ToDictionary(name => name, name => new StoreSettings { Name = name, Kind = "env" }, StringComparer.Ordinal),
        Keys = keys,
    };

    private async Task<IEnumerable<string>> DueAsync()
    {
        using var runtime = _live.Rent();
        return (await _live.DueAsync(runtime.Value, Shard.One[0], Token)).Select(key => key.Id.Value);
    }
}
