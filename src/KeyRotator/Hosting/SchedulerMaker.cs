using System.Globalization;
using System.Security.Cryptography;
using KeyRotator.Hosting.Exposition;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Makes Quartz's schedulers, and its form of our schedule.</summary>
internal sealed class SchedulerMaker(IServiceProvider services)
{
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();

    /// <summary>This process among those that share a database: where it runs, and a part of its own.</summary>
    public static string Process { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    /// <summary>One in memory, for what this process does itself.</summary>
    public StandaloneSchedulerFactory Local(Schedule schedule) => Make(
        "keyrotator-local", schedule.Jobs.Count(job => job.IsLocal), quartz => quartz.UseInMemoryStore());

    /// <summary>One in memory, for the work of a process that shares it with nobody.</summary>
    public StandaloneSchedulerFactory Alone(Schedule schedule) => Make(
        "keyrotator", schedule.Jobs.Count(job => !job.IsLocal), quartz => quartz.UseInMemoryStore());

    /// <summary>One that shares its work with all who keep the same schedule in the same database.</summary>
    public StandaloneSchedulerFactory Clustered(Schedule schedule, ClusterStore cluster)
    {
        var others = schedule.Jobs.Count(job => job is { IsLocal: false, Group: null });
        return Make(schedule.Name, Schedule.ShardsAtOnce + others, quartz =>
        {
            quartz.UseExecutionLimits(limits => limits.ForGroup(Schedule.ShardGroup, Schedule.ShardsAtOnce));
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.DataSourceFactory = _ => cluster.Open());
                store.UseSystemTextJsonSerializer();
                store.UseClustering(options =>
                {
                    options.CheckinInterval = ClusterStore.CheckIn;
                    options.CheckinMisfireThreshold = ClusterStore.CheckInThreshold;
                });
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = ClusterStore.TablePrefix;
                    options.StoreJobDataAsStrings = true;
                    options.SchemaProvisioning = SchemaProvisioning.Validate;
                    options.MisfireThreshold = ClusterStore.Misfire;
                    options.DbRetryInterval = ClusterStore.Retry;
                });
            });
        });
    }

    /// <summary>Quartz's form of a row.</summary>
    public static IJobDetail JobOf(ScheduledJob job) =>
        JobBuilder.Create().OfType(job.Type).WithIdentity(job.Key).StoreDurably().RequestRecovery(job.Recovers).Build();

    /// <summary>Its trigger.</summary>
    /// <remarks>By the scheduler's own clock: Quartz searches without end for a firing that by the one clock is due and by the other is
    /// not.</remarks>
    public ITrigger TriggerOf(ScheduledJob job)
    {
        var trigger = TriggerBuilder.Create(_time).WithIdentity(job.Key.Name).ForJob(job.Key).WithSchedule(
            CronScheduleBuilder.Create(job.Cron)
                .InTimeZone(TimeZoneInfo.Utc)
                .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed));
        return (job.Group is { } group ? trigger.WithExecutionGroup(group) : trigger).Build();
    }

    // One trigger at a time: what several processes could take, one alone does not take all of.
    private StandaloneSchedulerFactory Make(string name, int most, Action<IQuartzBuilder> keep) => QuartzSchedulerBuilder.Create(quartz =>
    {
        quartz.ConfigureScheduler(options =>
        {
            options.InstanceName = name;
            options.InstanceId = Process;
            options.DefaultTimeZone = TimeZoneInfo.Utc;
            options.ShutdownJobInterruption = ShutdownJobInterruption.WhenWaitingForJobs;
            options.MaxBatchSize = 1;
            options.IdleWaitTime = TimeSpan.FromSeconds(5);
        });
        quartz.Services.AddSingleton(services.GetRequiredService<ILoggerFactory>());
        quartz.UseTimeProvider(_time);
        quartz.UseDefaultThreadPool(most);
        quartz.UseJobFactory(new ServiceJobFactory(services));
        quartz.AddJobListener(services.GetRequiredService<JobRecord>());
        quartz.AddJobListener(services.GetRequiredService<JobMeter>());
        keep(quartz);
    }).Build();
}
