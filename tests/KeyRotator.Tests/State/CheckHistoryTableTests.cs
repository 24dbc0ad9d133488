using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class CheckHistoryTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Record_EqualAnswers_ExtendOneRun()
    {
        await RecordAsync(Check(0), Check(1), Check(2));

        (await RunsAsync()).ShouldBe([new CheckRun(1, Verdict.Accepted, VerdictReason.Ok, 200, Now, Now.AddMinutes(2), 3)]);
    }

    [Theory]
    [MemberData(nameof(AnswerChanges.All), MemberType = typeof(AnswerChanges), DisableDiscoveryEnumeration = true)]
    public async Task Record_AnotherAnswer_StartsARun(string difference, Func<KeyStatus, KeyStatus> change)
    {
        var check = change(Check(1));
        await RecordAsync(Check(0), check, Check(2));

        var runs = await RunsAsync();

        runs.Select(run => run.From).ShouldBe([Now.AddMinutes(2), Now.AddMinutes(1), Now], difference);
        runs[1].HttpStatus.ShouldBe(check.HttpStatus);
    }

    [Fact]
    public async Task Record_ClockSetBack_KeepsOrderAndLength()
    {
        await RecordAsync(Check(0), Check(5), Check(-60), Check(-50) with { Verdict = Verdict.Rejected });

        var runs = await RunsAsync();

        runs.Select(run => run.Verdict).ShouldBe([Verdict.Rejected, Verdict.Accepted]);
        runs[1].To.ShouldBe(Now.AddMinutes(5));
        runs[1].Checks.ShouldBe(3);
    }

    [Fact]
    public async Task Record_NeverChecked_AddsNothing()
    {
        await RecordAsync(Status("k") with { CheckedAt = null });

        (await RunsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_Limit_GivesTheNewest()
    {
        await RecordAsync(Check(0), Check(1) with { HttpStatus = 201 }, Check(2) with { HttpStatus = 202 });

        var runs = await ReadAsync(transaction => CheckHistoryTable.OfAsync(transaction, Id("k"), 2, Cancel));

        runs.Select(run => run.HttpStatus).ShouldBe([202, 201]);
    }

    [Fact]
    public async Task Prune_OldRuns_GoInChunksSaveTheNewest()
    {
        await RecordAsync([.. Enumerable.Range(0, 4).Select(minute => Check(minute) with { HttpStatus = 200 + minute })]);

        var gone = new[] { await PruneAsync(Now.AddDays(1), 2), await PruneAsync(Now.AddDays(1), 2), await PruneAsync(Now.AddDays(1), 2) };

        gone.ShouldBe([2, 1, 0]);
        (await RunsAsync()).Single().HttpStatus.ShouldBe(203);
    }

    [Theory]
    [InlineData(0, 0)] // ended at that time
    [InlineData(1, 1)] // ended a tick before it
    public async Task Prune_Boundary_IsHalfOpen(int ticks, int expected)
    {
        await RecordAsync(Check(0), Check(1) with { HttpStatus = 201 });

        (await PruneAsync(Now.AddTicks(ticks), 10)).ShouldBe(expected);
    }

    private static KeyStatus Check(int minute) => Status("k") with { CheckedAt = Now.AddMinutes(minute) };

    private Task RecordAsync(params KeyStatus[] checks) =>
        WriteAsync(transaction => CheckHistoryTable.RecordAsync(transaction, checks, Cancel));

    private Task<IReadOnlyList<CheckRun>> RunsAsync() =>
        ReadAsync(transaction => CheckHistoryTable.OfAsync(transaction, Id("k"), 100, Cancel));

    private Task<int> PruneAsync(DateTimeOffset before, int limit) =>
        WriteAsync(transaction => CheckHistoryTable.PruneAsync(transaction, before, limit, Cancel));
}

public sealed class SqliteFileCheckHistoryTableTests : CheckHistoryTableTests<SqliteFileEngine>;

public sealed class PostgresCheckHistoryTableTests : CheckHistoryTableTests<PostgresTestEngine>;

public sealed class SqliteMemoryCheckHistoryTableTests : CheckHistoryTableTests<SqliteMemoryEngine>;

internal static class AnswerChanges
{
    public static TheoryData<string, Func<KeyStatus, KeyStatus>> All => new()
    {
        { "another version", check => check with { Version = 2 } },
        { "another verdict", check => check with { Verdict = Verdict.Inconclusive } },
        { "another reason", check => check with { Reason = VerdictReason.NoFunds } },
        { "another HTTP status", check => check with { HttpStatus = 429 } },
        { "no answer", check => check with { HttpStatus = null } },
    };
}
