using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class JobTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    private static readonly JobStatus s_good = JobStatus.None.Next(true, Now, TimeSpan.FromSeconds(3));
    private static readonly JobStatus s_bad = JobStatus.None.Next(false, Now.AddMinutes(1), TimeSpan.FromSeconds(5));

    [Fact]
    public async Task All_NothingRan_IsEmpty() => (await AllAsync()).ShouldBeEmpty();

    [Fact]
    public async Task Add_RunsOfSeveralProcesses_AreAddedUp()
    {
        await AddAsync("rotate", s_good);
        await AddAsync("rotate", s_bad);
        await AddAsync("audit", s_bad);

        var all = await AllAsync();

        all["rotate"].ShouldBe(new JobStatus(1, 1, Now, Now.AddMinutes(1), TimeSpan.FromSeconds(5)));
        all["audit"].ShouldBe(s_bad);
    }

    [Fact]
    public async Task Add_TheEarlierOneLast_KeepsTheLaterTimes()
    {
        await AddAsync("rotate", JobStatus.None.Next(true, Now.AddMinutes(9), TimeSpan.FromSeconds(1)));
        await AddAsync("rotate", JobStatus.None.Next(false, Now.AddMinutes(9), TimeSpan.FromSeconds(1)));
        await AddAsync("rotate", s_good);
        await AddAsync("rotate", s_bad);

        (await AllAsync())["rotate"].ShouldBe(new JobStatus(2, 2, Now.AddMinutes(9), Now.AddMinutes(9), TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Plus_EarlierAndLater_IsBoth() => s_good.Plus(s_bad).ShouldBe(
        new JobStatus(1, 1, Now, Now.AddMinutes(1), TimeSpan.FromSeconds(5)));

    private Task AddAsync(string job, JobStatus runs) => WriteAsync(transaction => JobTable.AddAsync(transaction, job, runs, Cancel));

    private Task<IReadOnlyDictionary<string, JobStatus>> AllAsync() =>
        ReadAsync(transaction => JobTable.AllAsync(transaction, Cancel));
}

public sealed class SqliteFileJobTableTests : JobTableTests<SqliteFileEngine>;

public sealed class PostgresJobTableTests : JobTableTests<PostgresTestEngine>;
