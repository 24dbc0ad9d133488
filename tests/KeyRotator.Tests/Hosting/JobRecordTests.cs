using KeyRotator.Hosting;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Quartz;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

/// <summary>Whether the service may look alive.</summary>
public sealed class JobRecordTests
{
    private readonly ManualClock _clock = new();
    private readonly JobRecord _jobs;

    public JobRecordTests() => _jobs = new(_clock, NullLogger<JobRecord>.Instance);

    [Fact]
    public void AreWorking_JustStarted_IsNotSaidYet() => _jobs.AreWorking(HeartbeatJob.Key.Name).ShouldBeFalse();

    [Fact]
    public void AreWorking_AllSucceeded_IsSaid()
    {
        SucceedAll();

        _jobs.AreWorking(HeartbeatJob.Key.Name).ShouldBeTrue();
    }

    [Fact]
    public void AreWorking_OneNeverSucceeded_IsNotSaid()
    {
        SucceedAll(besides: ValidationJob.Key.Name);
        _jobs.Note(ValidationJob.Key.Name, new JobExecutionException("no"), TimeSpan.Zero);

        _jobs.AreWorking(HeartbeatJob.Key.Name).ShouldBeFalse();
    }

    [Fact]
    public void AreWorking_OneSucceedsNoMore_IsNotSaidAfterTwoPeriods()
    {
        SucceedAll();
        _clock.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromTicks(1));
        SucceedAll(besides: DispatchJob.Key.Name);

        _jobs.AreWorking(HeartbeatJob.Key.Name).ShouldBeFalse();
    }

    [Fact]
    public void AreWorking_TheJobThatAsks_DoesNotCount()
    {
        SucceedAll(besides: HeartbeatJob.Key.Name);
        _clock.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromTicks(1));
        SucceedAll(besides: HeartbeatJob.Key.Name);

        _jobs.AreWorking(HeartbeatJob.Key.Name).ShouldBeTrue();
    }

    private void SucceedAll(string besides = "")
    {
        foreach (var job in Scheduling.Jobs.Where(job => job.Key.Name != besides))
        {
            _jobs.Note(job.Key.Name, null, TimeSpan.Zero);
        }
    }
}
