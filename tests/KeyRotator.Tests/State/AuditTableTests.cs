using KeyRotator.Audit;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class AuditTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    private static readonly AuditActor s_actor = new("ops@host", "rotate");

    [Fact]
    public async Task Add_Several_AreOneWholeChain()
    {
        await AddAsync("a", "b", "c");

        (await RowsAsync()).Select(row => (row.Sequence, row.Target)).ShouldBe([(1L, "a"), (2L, "b"), (3L, "c")]);
        (await WalkAsync()).Proof.ShouldBe(AuditProof.Whole);
    }

    [Fact]
    public async Task Add_EveryMember_IsKept()
    {
        var entry = Entry("k") with
        {
            Rotation = 7,
            Reason = "Because.",
            Outcome = "Proven",
            Old = Print(1),
            New = Print(2),
            Checkpoint = new(3, new string('a', 64)),
        };
        await WriteAsync(transaction => AuditTable.AddAsync(transaction, entry, Cancel));

        (await RowsAsync()).ShouldBe([AuditRow.Of(entry, null)]);
    }

    [Fact]
    public async Task Add_NotCommitted_LeavesNoGap()
    {
        await AddAsync("a");
        await using (var transaction = await Database.BeginWriteAsync(Cancel))
        {
            await AuditTable.AddAsync(transaction, Entry("lost"), Cancel);
        }

        await AddAsync("b");

        (await RowsAsync()).Select(row => (row.Sequence, row.Target)).ShouldBe([(1L, "a"), (2L, "b")]);
    }

    [Theory]
    [InlineData("UPDATE audit SET actor = 'nobody' WHERE sequence = 1", "rows are never changed")]
    [InlineData("DELETE FROM audit WHERE sequence = 1", "nothing goes without a checkpoint")]
    [InlineData("INSERT INTO audit SELECT 9, at, actor, how, act, act, target, 1, '', outcome, '', '', 1, '', '' FROM audit", "gap")]
    public async Task Rows_OnceThere_AreGuardedByTheDatabase(string sql, string why)
    {
        await AddAsync("a");

        await Should.ThrowAsync<StateException>(() => WriteAsync(transaction => transaction.Prepare(sql).ExecuteAsync(Cancel)), why);

        (await WalkAsync()).Proof.ShouldBe(AuditProof.Whole);
    }

    [Fact]
    public async Task Prune_OldRows_GoBehindACheckpointAndTheChainStaysWhole()
    {
        await AddAsync("a", "b");
        var old = (await RowsAsync())[^1];
        await AddLaterAsync("c");

        (await PruneAsync(Now.AddDays(1))).ShouldBe(2);

        var rows = await RowsAsync();
        rows.Select(row => (row.Sequence, row.Act)).ShouldBe([(3L, AuditActs.RotationStep), (4L, AuditActs.AuditPruned)]);
        (rows[^1].CheckpointSequence, rows[^1].CheckpointHash).ShouldBe((2L, old.Hash));
        (await WalkAsync(new(2, old.Hash))).Proof.ShouldBe(AuditProof.WholeAndHeadHolds);
        (await WalkAsync(new(1, old.Hash))).Proof.ShouldBe(AuditProof.HeadIsGone);
        (await WalkAsync(new(2, new string('0', 64)))).Proof.ShouldBe(AuditProof.Broken);
    }

    [Fact]
    public async Task Prune_AgainAndAgain_StaysWhole()
    {
        for (var day = 1; day <= 4; day++)
        {
            await AddLaterAsync($"k{day}", day);
            await PruneAsync(Now.AddDays(day).AddHours(1), Now.AddDays(day).AddMinutes(1));
            (await WalkAsync()).Proof.ShouldBe(AuditProof.Whole, $"day {day}");
            (await RowsAsync()).Select(row => row.Act).ShouldBe([AuditActs.AuditPruned], $"day {day}");
        }
    }

    [Fact]
    public async Task Prune_InSteps_TakesAtMostThatMany()
    {
        await AddAsync("a", "b", "c");

        (await PruneAsync(Now.AddDays(1), limit: 2)).ShouldBe(2);

        (await RowsAsync()).Select(row => row.Sequence).ShouldBe([3, 4]);
        (await WalkAsync()).Proof.ShouldBe(AuditProof.Whole);
    }

    [Fact]
    public async Task Prune_NothingOld_LeavesEverything()
    {
        await AddAsync("a");

        (await PruneAsync(Now)).ShouldBe(0);

        (await RowsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Prune_ChangedRow_StaysAsEvidence()
    {
        await AddAsync("a", "b");
        await TamperAsync("UPDATE audit SET target = 'x' WHERE sequence = 2");

        (await PruneAsync(Now.AddDays(1))).ShouldBe(0);

        (await WalkAsync()).Break?.Sequence.ShouldBe(2);
    }

    [Theory]
    [InlineData("DELETE FROM audit WHERE sequence = 1", 1)]
    [InlineData("DELETE FROM audit WHERE sequence = 2", 2)]
    [InlineData("UPDATE audit SET at = -1 WHERE sequence = 2", 2)]
    [InlineData("UPDATE audit SET checkpoint_sequence = 99 WHERE sequence = 3", 3)]
    [InlineData("UPDATE audit SET checkpoint_sequence = 0, checkpoint_hash = 'x' WHERE sequence = 2", 2)]
    [InlineData("DELETE FROM audit WHERE sequence < 3; UPDATE audit SET checkpoint_sequence = 2 WHERE sequence = 4", 3)]
    public async Task Walk_TamperedWith_NamesTheFirstBrokenLink(string sql, long at)
    {
        await AddAsync("a", "b", "c", "d");
        await TamperAsync(sql.Split(';'));

        (await WalkAsync()).Break?.Sequence.ShouldBe(at);
    }

    [Fact]
    public async Task Newest_KeyAndTime_AreThoseRows()
    {
        await AddAsync("a", "b");
        await AddLaterAsync("a");

        (await NewestAsync("a", Now, 10)).ShouldBe([3, 1]);
        (await NewestAsync("a", Now.AddTicks(1), 10)).ShouldBe([3]);
        (await NewestAsync(null, Now, 2)).ShouldBe([3, 2]);
        (await ReadAsync(transaction => AuditTable.BeforeAsync(transaction, Now.AddTicks(1), Cancel))).ShouldBe(2);
    }

    [Fact]
    public async Task Step_ActsPastTheirTime_ArePrunedWithTheRest()
    {
        await AddAsync("a");

        var step = await StatePruning.StepAsync(Database, Now + StatePruning.HistoryKept + TimeSpan.FromTicks(1), Cancel);

        step.Acts.ShouldBe(1);
        (await RowsAsync()).Select(row => row.Act).ShouldBe([AuditActs.AuditPruned]);
    }

    private static AuditEntry Entry(string target) =>
        new() { At = Now, Actor = s_actor, Act = AuditActs.RotationStep, TargetKind = AuditActs.Key, Target = target };

    private Task AddAsync(params string[] targets) => WriteAsync(async transaction =>
    {
        foreach (var target in targets)
        {
            await AuditTable.AddAsync(transaction, Entry(target), Cancel);
        }
    });

    private Task<AuditHead> AddLaterAsync(string target, int days = 2) =>
        WriteAsync(transaction => AuditTable.AddAsync(transaction, Entry(target) with { At = Now.AddDays(days) }, Cancel));

    private Task<int> PruneAsync(DateTimeOffset before, DateTimeOffset? now = null, int limit = 1000) =>
        WriteAsync(transaction => AuditTable.PruneAsync(transaction, s_actor, before, now ?? Now.AddDays(900), limit, Cancel));

    // What somebody with the file can do: the triggers are the first to go.
    private Task TamperAsync(params string[] statements) => WriteAsync(async transaction =>
    {
        foreach (var sql in (string[])[.. Engine.LiftingTheAudit, .. statements])
        {
            await transaction.Prepare(sql).ExecuteAsync(Cancel);
        }
    });

    private Task<IReadOnlyList<AuditRow>> RowsAsync() =>
        ReadAsync(transaction => AuditTable.PageAsync(transaction, long.MinValue, 1000, Cancel));

    private async Task<IEnumerable<long>> NewestAsync(string? key, DateTimeOffset since, int limit) =>
        (await ReadAsync(transaction => AuditTable.NewestAsync(transaction, key, since, limit, Cancel))).Select(row => row.Sequence);

    private async Task<(AuditProof Proof, AuditBreak? Break)> WalkAsync(AuditHead? head = null)
    {
        var walk = new AuditWalk(await ReadAsync(transaction => AuditTable.CheckpointAsync(transaction, Cancel)), head);
        foreach (var row in await RowsAsync())
        {
            walk.Next(row);
        }

        return (walk.Finish(), walk.Break);
    }
}

public sealed class SqliteFileAuditTableTests : AuditTableTests<SqliteFileEngine>;

public sealed class PostgresAuditTableTests : AuditTableTests<PostgresTestEngine>;

public sealed class SqliteMemoryAuditTableTests : AuditTableTests<SqliteMemoryEngine>;
