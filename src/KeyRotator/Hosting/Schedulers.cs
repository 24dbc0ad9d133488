using Quartz;

namespace KeyRotator.Hosting;

/// <summary>The two schedulers of a service: one for what every process does itself, and one for the work, which processes share that share
/// a database.</summary>
internal sealed partial class Schedulers(Schedule schedule, IServiceProvider services, ILogger<Schedulers> logger) : IAsyncDisposable
{
    private readonly SchedulerMaker _maker = new(services);
    private readonly List<StandaloneSchedulerFactory> _factories = [];
    private IScheduler? _work;

    /// <summary>Starts both.</summary>
    /// <param name="cluster">Where the shared schedule is kept; null where no process shares it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="State.StateException">The shared schedule cannot be kept.</exception>
    public async Task StartAsync(ClusterStore? cluster, CancellationToken cancellationToken)
    {
        var local = await MakeAsync(_maker.Local(schedule), cancellationToken);
        var work = await MakeAsync(cluster is null ? _maker.Alone(schedule) : _maker.Clustered(schedule, cluster), cancellationToken);
        _work = work;
        foreach (var job in schedule.Jobs.Where(job => job.IsLocal))
        {
            await local.ScheduleJob(SchedulerMaker.JobOf(job), [SchedulerMaker.TriggerOf(job)], Replacing, cancellationToken);
        }

        await DeclareAsync(cancellationToken);
        await work.Start(cancellationToken);
        await local.Start(cancellationToken);
        foreach (var job in schedule.Jobs.Where(job => job.AtStart))
        {
            await TriggerAsync(job.Key, cancellationToken);
        }
    }

    /// <summary>Sees to it that every shared job is there, with its trigger in working order. Several processes may do so at once: they
    /// declare the same.</summary>
    public async Task DeclareAsync(CancellationToken cancellationToken)
    {
        foreach (var job in schedule.Jobs.Where(job => !job.IsLocal))
        {
            var trigger = SchedulerMaker.TriggerOf(job);
            switch (await Work.GetTriggerState(trigger.Key, cancellationToken))
            {
                case TriggerState.None:
                    LogDeclared(job.Key.Name);
                    await Work.ScheduleJob(SchedulerMaker.JobOf(job), [trigger], Replacing, cancellationToken);
                    break;
                case TriggerState.Error:
                    LogReset(job.Key.Name);
                    await Work.ResetTriggerFromErrorState(trigger.Key, cancellationToken);
                    break;
            }
        }
    }

    /// <summary>Has a shared job run now, in whichever process.</summary>
    public ValueTask TriggerAsync(JobKey job, CancellationToken cancellationToken) => Work.TriggerJob(job, cancellationToken);

    /// <summary>Ends what is under way, each job with whole keys only.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var schedulers = new List<IScheduler>();
        foreach (var factory in _factories)
        {
            schedulers.Add(await factory.GetScheduler(cancellationToken));
        }

        await Task.WhenAll(schedulers.Select(scheduler => scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken).AsTask()));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var factory in _factories)
        {
            await factory.DisposeAsync();
        }
    }

    private static ScheduleJobOptions Replacing { get; } = new() { Replace = true };

    private IScheduler Work => _work ?? throw new InvalidOperationException("The schedulers were not started.");

    private ValueTask<IScheduler> MakeAsync(StandaloneSchedulerFactory factory, CancellationToken cancellationToken)
    {
        _factories.Add(factory);
        return factory.GetScheduler(cancellationToken);
    }

    [LoggerMessage(7042, LogLevel.Information, "Declared job {Job}")]
    private partial void LogDeclared(string job);

    [LoggerMessage(7043, LogLevel.Warning, "Job {Job} could not be fired; it is tried again")]
    private partial void LogReset(string job);
}
