using KeyRotator.Hosting;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Quartz;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

/// <summary>Whether the service may look alive, by its own jobs and by those that others ran.</summary>
public sealed class JobRecordTests : IAsyncLifetime
{
    private static readonly TimeSpan s_twoPeriods = TimeSpan.FromMinutes(4) + TimeSpan.FromTicks(1);

    private readonly ManualClock _clock = new();
    private readonly ServicePhase _phase = new();
    private JobRecord _jobs = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _phase.Take(await StateDatabase.OpenAsync(null, _clock, Token));
        _jobs = Process();
    }

    public ValueTask DisposeAsync() => _phase.DisposeAsync();

    [Fact]
    public void AreWorking_JustStarted_IsNotSaidYet() => _jobs.AreWorking(HeartbeatJob.Key.Name).ShouldBeFalse();

    [Fact]
    public void AreWorking_AllSucceeded_IsSaid()
    {
        SucceedAll(_jobs);

        _jobs.AreWorking(HeartbeatJob.Key.Name).ShouldBeTrue();
    }

    [Fact]
    public void AreWorking_OneNeverSucceeded_IsNotSaid()
    {
        SucceedAll(_jobs, besides: "validate-07");
        _jobs.Note("validate-07", new JobExecutionException("no"), TimeSpan.Zero);

        _jobs.AreWorking(HeartbeatJob.Key.Name).ShouldBeFalse();
    }

    [Fact]
    public void AreWorking_OneSucceedsNoMore_IsNotSaidAfterTwoPeriods()
    {
        SucceedAll(_jobs);
        _clock.Advance(s_twoPeriods);
        SucceedAll(_jobs, besides: DispatchJob.Key.Name);

        _jobs.AreWorking(HeartbeatJob.Key.Name).ShouldBeFalse();
    }

    [Fact]
    public void AreWorking_TheJobThatAsks_DoesNotCount()
    {
        SucceedAll(_jobs, besides: HeartbeatJob.Key.Name);
        _clock.Advance(s_twoPeriods);
        SucceedAll(_jobs, besides: HeartbeatJob.Key.Name);

        _jobs.AreWorking(HeartbeatJob.Key.Name).ShouldBeTrue();
    }

    [Fact]
    public async Task Overdue_AnotherProcessRanThem_IsNone()
    {
        var other = Process();
        _clock.Advance(s_twoPeriods);
        _jobs.Overdue().ShouldNotBeEmpty("nobody ran them");
        SucceedAll(other, besides: nameof(JobRecordTests), local: false);
        await other.WriteAsync(Token);

        await RefreshAsync(_jobs);

        _jobs.Overdue().Keys.ShouldBe([ReloadJob.Key.Name, ReplicasJob.Key.Name], ignoreOrder: true, "what each does for itself");
    }

    [Fact]
    public async Task Overdue_RanBeforeTheStartOnly_IsJudgedFromTheStart()
    {
        SucceedAll(_jobs);
        await _jobs.WriteAsync(Token);
        _clock.Advance(TimeSpan.FromDays(3));
        var restarted = Process();
        await RefreshAsync(restarted);

        restarted.Overdue().ShouldBeEmpty();
        restarted.AreWorking(HeartbeatJob.Key.Name).ShouldBeFalse("nothing has succeeded since");
        _clock.Advance(s_twoPeriods);
        restarted.Overdue()["validate-00"].ShouldBe(_clock.GetUtcNow() - s_twoPeriods);
    }

    [Fact]
    public async Task Outcomes_OfSeveral_CountOnesOwnRunsAndTellTheLastOfAll()
    {
        var other = Process();
        other.Note("rotate", null, TimeSpan.FromSeconds(2));
        await other.WriteAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(10));
        other.Note("rotate", null, TimeSpan.FromSeconds(3));
        await other.WriteAsync(Token);

        _jobs.Note("rotate", new JobExecutionException("no"), TimeSpan.FromSeconds(1));
        await _jobs.WriteAsync(Token);

        _jobs.Outcomes["rotate"].ShouldBe(new JobOutcome(0, 1, _clock.GetUtcNow(), TimeSpan.FromSeconds(1)));
        (await RowAsync("rotate")).ShouldBe(
            new JobStatus(2, 1, _clock.GetUtcNow(), _clock.GetUtcNow(), TimeSpan.FromSeconds(1)));
        _jobs.Outcomes.Keys.ShouldBe(["rotate"]);
    }

    [Fact]
    public async Task Write_DatabaseFails_KeepsWhatIsNotWrittenForTheNextTime()
    {
        await RunAsync("CREATE TRIGGER full BEFORE INSERT ON job_status BEGIN SELECT RAISE(ABORT, 'full'); END");
        _jobs.Note("rotate", null, TimeSpan.FromSeconds(1));
        await _jobs.WriteAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(10));
        _jobs.Note("rotate", null, TimeSpan.FromSeconds(2));
        (await RowAsync("rotate")).ShouldBeNull();

        await RunAsync("DROP TRIGGER full");
        await _jobs.WriteAsync(Token);

        (await RowAsync("rotate")).ShouldBe(new JobStatus(2, 0, _clock.GetUtcNow(), null, TimeSpan.FromSeconds(2)));
    }

    private JobRecord Process() => new(_phase, Schedule.Shared, _clock, NullLogger<JobRecord>.Instance);

    private static void SucceedAll(JobRecord jobs, string besides = "", bool local = true)
    {
        foreach (var job in Schedule.Shared.Jobs.Where(job => job.Key.Name != besides && (local || !job.IsLocal)))
        {
            jobs.Note(job.Key.Name, null, TimeSpan.Zero);
        }
    }

    private async Task RefreshAsync(JobRecord jobs)
    {
        await using var transaction = await _phase.State.BeginReadAsync(Token);
        await jobs.RefreshAsync(transaction, Token);
    }

    private async Task<JobStatus?> RowAsync(string job)
    {
        await using var transaction = await _phase.State.BeginReadAsync(Token);
        return (await JobTable.AllAsync(transaction, Token)).GetValueOrDefault(job);
    }

    private async Task RunAsync(string sql)
    {
        await using var transaction = await _phase.State.BeginWriteAsync(Token);
        await transaction.Prepare(sql).ExecuteAsync(Token);
        await transaction.CommitAsync(Token);
    }
}
