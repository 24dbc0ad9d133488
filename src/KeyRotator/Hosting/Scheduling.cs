using KeyRotator.Hosting.Exposition;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>One row of the schedule.</summary>
/// <param name="Key">The job.</param>
/// <param name="Cron">When it fires, in Quartz's six fields, UTC.</param>
/// <param name="Period">Time between firings: readiness is red after two without success.</param>
/// <param name="AtStart">Whether it also fires once at the start: the file may have changed since the last run.</param>
internal sealed record ScheduledJob(JobKey Key, string Cron, TimeSpan Period, bool AtStart = false);

/// <summary>Every job and trigger, in one table.</summary>
/// <remarks>Cron triggers with fire-and-proceed: after a pause a job runs once and goes on, it does not catch up in a burst. First runs
/// come with the schedule, seconds after the start. No job overlaps itself; none carries data.</remarks>
internal static class Scheduling
{
    /// <summary>The table.</summary>
    public static IReadOnlyList<ScheduledJob> Jobs { get; } =
    [
        new(ValidationJob.Key, "0/15 * * * * ?", TimeSpan.FromMinutes(1)),
        new(DiscoveryJob.Key, "10/30 * * * * ?", TimeSpan.FromMinutes(30)), // a listing of very many secrets takes long
        new(RotationJob.Key, "3/10 * * * * ?", TimeSpan.FromMinutes(1)),
        new(DispatchJob.Key, "5/10 * * * * ?", TimeSpan.FromMinutes(1)),
        new(HeartbeatJob.Key, "8/10 * * * * ?", TimeSpan.FromMinutes(1)),
        new(ReloadJob.Key, "0/5 * * * * ?", TimeSpan.FromMinutes(1)),
        new(ExpiryJob.Key, "30 7 * * * ?", TimeSpan.FromHours(1), AtStart: true),
        new(AuditJob.Key, "0 41 * * * ?", TimeSpan.FromHours(1), AtStart: true),
        new(PruneJob.Key, "0 23 3 * * ?", TimeSpan.FromDays(1)),
    ];

    /// <summary>Time between a job's firings, as readiness takes it.</summary>
    public static TimeSpan PeriodOf(string job) => Jobs.First(scheduled => scheduled.Key.Name == job).Period;

    /// <summary>Adds scheduler, jobs and triggers.</summary>
    public static IServiceCollection AddSchedule(this IServiceCollection services) => services
        .AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = "keyrotator";
                options.DefaultTimeZone = TimeZoneInfo.Utc;
                options.ShutdownJobInterruption = ShutdownJobInterruption.WhenWaitingForJobs;
            });
            quartz.UseDefaultThreadPool(Jobs.Count);
            quartz.UseInMemoryStore();
            quartz.AddJobListener(services => services.GetRequiredService<JobRecord>());
            quartz.AddJobListener(services => services.GetRequiredService<JobMeter>());
            Schedule<ValidationJob>(quartz, ValidationJob.Key);
            Schedule<DiscoveryJob>(quartz, DiscoveryJob.Key);
            Schedule<RotationJob>(quartz, RotationJob.Key);
            Schedule<DispatchJob>(quartz, DispatchJob.Key);
            Schedule<HeartbeatJob>(quartz, HeartbeatJob.Key);
            Schedule<ReloadJob>(quartz, ReloadJob.Key);
            Schedule<ExpiryJob>(quartz, ExpiryJob.Key);
            Schedule<AuditJob>(quartz, AuditJob.Key);
            Schedule<PruneJob>(quartz, PruneJob.Key);
        })
        .AddQuartzHostedService(options => options.WaitForJobsToComplete = true);

    private static void Schedule<TJob>(IQuartzBuilder quartz, JobKey key)
        where TJob : IJob
    {
        var row = Jobs.First(job => job.Key.Equals(key));
        quartz.ScheduleJob<TJob>(
            trigger => trigger.WithIdentity(key.Name).WithSchedule(
                    CronScheduleBuilder.Create(row.Cron)
                        .InTimeZone(TimeZoneInfo.Utc)
                        .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)),
            job => job.WithIdentity(key));
        if (row.AtStart)
        {
            quartz.AddTrigger(trigger => trigger.ForJob(key).WithIdentity($"{key.Name}-start").StartNow());
        }
    }
}
