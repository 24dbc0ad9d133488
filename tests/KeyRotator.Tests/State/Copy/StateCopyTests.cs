using KeyRotator.Audit;
using KeyRotator.Ledger;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.State.Copy;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Copy;

public sealed class StateCopyFromFileToFileTests : StateCopyTests<SqliteFileEngine, SqliteFileEngine>;

public sealed class StateCopyToServerTests : StateCopyTests<SqliteFileEngine, PostgresTestEngine>;

public sealed class StateCopyFromServerTests : StateCopyTests<PostgresTestEngine, SqliteFileEngine>;

public sealed class StateCopyFromServerToServerTests : StateCopyTests<PostgresTestEngine, PostgresTestEngine>;

/// <summary>All state, from each engine to each.</summary>
public abstract class StateCopyTests<TFrom, TTo> : IAsyncLifetime
    where TFrom : ITestEngine, new()
    where TTo : ITestEngine, new()
{
    private readonly TFrom _from = new();
    private readonly TTo _to = new();
    private readonly List<string> _told = [];
    private StateDatabase? _source;
    private StateDatabase? _target;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private StateDatabase Source => _source!;

    private StateDatabase Target => _target!;

    public async ValueTask InitializeAsync()
    {
        _source = await _from.OpenAsync(new ManualClock(), Cancel);
        _target = await _to.OpenAsync(new ManualClock(), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in new[] { _source, _target }.OfType<StateDatabase>())
        {
            await database.DisposeAsync();
        }

        _from.Dispose();
        _to.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Run_EveryTable_IsTheSameThere()
    {
        await FilledState.FillAsync(Source, 5, Cancel);

        var copied = await CopyAsync();

        await using var target = await _to.OpenAsync(new ManualClock(), Cancel);
        (await FilledState.ReadAsync(target, Cancel)).ShouldBe(await FilledState.ReadAsync(Source, Cancel));
        target.Fingerprinter.Of(new SecretValue("v")).ShouldBe(Source.Fingerprinter.Of(new SecretValue("v")));
        copied.Rows.Keys.ShouldBe(StateTables.All);
        _told.Count.ShouldBe(StateTables.All.Count);
        copied.Head!.Sequence.ShouldBe(5);
    }

    [Fact]
    public async Task Run_MoreRowsThanAreInMemoryAtATime_AreAllThere()
    {
        const int Many = (TableCopy.Together * 2) + 1;
        await FilledState.FillAsync(Source, Many, Cancel);
        await InsertModelsAsync(Many);

        var copied = await CopyAsync();

        copied.Rows["model_list"].ShouldBe(Many + 2);
        copied.Rows[StateTables.Audit].ShouldBe(Many);
        (await FilledState.ReadAsync(Target, Cancel)).Skip(1).ShouldBe((await FilledState.ReadAsync(Source, Cancel)).Skip(1));
    }

    [Fact]
    public async Task Run_NumbersWhoseRowsAreGone_AreNotGivenOutAgain()
    {
        await FilledState.FillAsync(Source, 1, Cancel);
        await InAsync(Source, transaction => transaction.Prepare("DELETE FROM silence WHERE id = 8").ExecuteAsync(Cancel));
        await ContinueAsync(Source, "silence", 8);

        await CopyAsync();

        await InAsync(Target, transaction => transaction
            .Prepare("INSERT INTO silence (matchers, actor, reason, since, until) VALUES ('[]', 'a', 'r', 1, 2)").ExecuteAsync(Cancel));
        (await NewestSilenceAsync()).ShouldBe(9);
    }

    [Fact]
    public async Task Run_AuditBeginsBehindACheckpoint_IsWholeAndGuardedThere()
    {
        await FilledState.FillAsync(Source, 10, Cancel);
        var actor = new AuditActor("tester", "prune");
        var before = new DateTimeOffset(2026, 11, 1, 0, 4, 0, TimeSpan.Zero);
        await InAsync(Source, transaction => AuditTable.PruneAsync(transaction, actor, before, before.AddYears(1), 100, Cancel));

        var copied = await CopyAsync();

        copied.Rows[StateTables.Audit].ShouldBe(7);
        await Should.ThrowAsync<StateException>(
            () => InAsync(Target, transaction => transaction.Prepare("DELETE FROM audit WHERE sequence = 11").ExecuteAsync(Cancel)));
        await Should.ThrowAsync<StateException>(() => InAsync(Target, AddWithAGapAsync));
    }

    [Fact]
    public async Task Run_BrokenOffInTheMiddle_LeavesNothingAndWorksAgain()
    {
        await FilledState.FillAsync(Source, 3, Cancel);
        var before = await FilledState.ReadAsync(Target, Cancel);

        await Should.ThrowAsync<OperationCanceledException>(() => new StateCopy(Source, Target).RunAsync(
            (table, _) => _ = table == "outbox" ? throw new OperationCanceledException() : 0, Cancel));

        (await FilledState.ReadAsync(Target, Cancel)).ShouldBe(before);
        (await CopyAsync()).Rows["outbox"].ShouldBe(2);
    }

    [Fact]
    public async Task Run_TargetHoldsState_IsRefusedAndLeftAsItIs()
    {
        await FilledState.FillAsync(Source, 3, Cancel);
        await InAsync(
            Target, transaction => transaction.Prepare("INSERT INTO model_list (digest, ids) VALUES ('d', '[]')").ExecuteAsync(Cancel));
        var before = await FilledState.ReadAsync(Target, Cancel);

        var fault = await Should.ThrowAsync<StateException>(CopyAsync);

        fault.Message.ShouldBe("The target holds state already (1 rows in model_list). Nothing was copied; name an empty database.");
        (await FilledState.ReadAsync(Target, Cancel)).ShouldBe(before);
    }

    [Fact]
    public async Task Run_TwoAtOnce_OneCopiesAndOneIsRefused()
    {
        await FilledState.FillAsync(Source, 3, Cancel);
        await using var other = await _to.OpenAsync(new ManualClock(), Cancel);

        var outcomes = await Task.WhenAll(IsDoneAsync(Target), IsDoneAsync(other));

        outcomes.Order().ShouldBe([false, true]);
        (await FilledState.ReadAsync(Target, Cancel)).Skip(1).ShouldBe((await FilledState.ReadAsync(Source, Cancel)).Skip(1));
    }

    [Fact]
    public async Task Run_SameDatabase_IsRefused()
    {
        await using var again = await _from.OpenAsync(new ManualClock(), Cancel);

        (await Should.ThrowAsync<StateException>(() => new StateCopy(Source, again).RunAsync((_, _) => { }, Cancel)))
            .Message.ShouldStartWith("Both name the same installation");
    }

    [Fact]
    public async Task Run_AuditOfTheSourceIsBroken_IsRefused()
    {
        await FilledState.FillAsync(Source, 3, Cancel);
        await InAsync(Source, transaction => StateCatalog.Of(Source).WithoutGuardAsync(
            transaction, () => AddWithAGapAsync(transaction), Cancel));

        (await Should.ThrowAsync<StateException>(CopyAsync)).Message.ShouldStartWith("The audit of the source is broken at row ");
    }

    private Task<CopiedState> CopyAsync() => new StateCopy(Source, Target).RunAsync((table, _) => _told.Add(table), Cancel);

    private async Task<bool> IsDoneAsync(StateDatabase target)
    {
        try
        {
            await new StateCopy(Source, target).RunAsync((_, _) => { }, Cancel);
            return true;
        }
        catch (StateException fault) when (fault.Message.StartsWith("The target holds state already", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static Task<int> AddWithAGapAsync(StateTransaction transaction) => transaction.Prepare(
        """
        INSERT INTO audit (sequence, at, actor, how, act, target_kind, target, outcome, hash)
        VALUES (99, 1, 'a', 'h', 'x', 'k', 't', 'o', 'h')
        """).ExecuteAsync(Cancel);

    private Task InsertModelsAsync(int count) => InAsync(Source, transaction => transaction
        .Prepare("INSERT INTO model_list (digest, ids) VALUES (@digest, '[]')")
        .ExecuteManyAsync([.. Enumerable.Range(0, count)], (statement, number) => statement.Set("@digest", $"d{number}"), Cancel));

    private static Task ContinueAsync(StateDatabase database, string table, long last) =>
        InAsync(database, transaction => StateCatalog.Of(database).ContinueAsync(transaction, table, last, Cancel));

    private async Task<long> NewestSilenceAsync()
    {
        await using var transaction = await Target.BeginReadAsync(Cancel);
        return (await transaction.Prepare("SELECT max(id) FROM silence").ReadAsync(row => row.Long(), Cancel)).Single();
    }

    private static async Task InAsync(StateDatabase database, Func<StateTransaction, Task> work)
    {
        await using var transaction = await database.BeginWriteAsync(Cancel);
        await work(transaction);
        await transaction.CommitAsync(Cancel);
    }
}
