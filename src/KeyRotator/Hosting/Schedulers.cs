using System.Data.Common;
using KeyRotator.State;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>The two schedulers of a service: one for what every process does itself, and one for the work, which processes share that share
/// a database.</summary>
internal sealed partial class Schedulers(Schedule schedule, IServiceProvider services, ILogger<Schedulers> logger) : IAsyncDisposable
{
    /// <summary>How long closing them may take in a service.</summary>
    public static TimeSpan LongestClose { get; } = TimeSpan.FromSeconds(2);

    /// <summary>How long closing them may take.</summary>
    public TimeSpan CloseWithin { get; init; } = LongestClose;

    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private readonly SchedulerMaker _maker = new(services);
    private readonly List<StandaloneSchedulerFactory> _factories = [];
    private IScheduler? _work;

    /// <summary>Starts both.</summary>
    /// <param name="cluster">Where the shared schedule is kept; null where no process shares it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StateException">The shared schedule cannot be kept; nothing was started.</exception>
    public async Task StartAsync(ClusterStore? cluster, CancellationToken cancellationToken)
    {
        try
        {
            await StartBothAsync(cluster, cancellationToken);
        }
        catch (SchedulerException fault) when (cluster is not null)
        {
            await DisposeAsync();
            throw Explain(cluster, fault);
        }
    }

    private async Task StartBothAsync(ClusterStore? cluster, CancellationToken cancellationToken)
    {
        var local = await MakeAsync(_maker.Local(schedule), cancellationToken);
        var work = await MakeAsync(cluster is null ? _maker.Alone(schedule) : _maker.Clustered(schedule, cluster), cancellationToken);
        _work = work;
        foreach (var job in schedule.Jobs.Where(job => job.IsLocal))
        {
            await local.ScheduleJob(SchedulerMaker.JobOf(job), [_maker.TriggerOf(job)], Replacing, cancellationToken);
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
            var trigger = _maker.TriggerOf(job);
            switch (await Work.GetTriggerState(trigger.Key, cancellationToken))
            {
                case TriggerState.None:
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
    /// <remarks>Quartz waits for its store, and that for a database that may never answer again: bounded. Threads that are left end with
    /// the process.</remarks>
    public async ValueTask DisposeAsync()
    {
        var factories = _factories.ToArray();
        _factories.Clear();
        try
        {
            await Task.Run(() => Task.WhenAll(factories.Select(factory => factory.DisposeAsync().AsTask())))
                .WaitAsync(CloseWithin, _time);
        }
        catch (Exception fault) when (fault is TimeoutException or SchedulerException)
        {
            LogLeft(fault.GetType().Name);
        }
    }

    // SQL's class of names that mean nothing: tables or columns are missing.
    private const string NotThere = "42";

    private static ScheduleJobOptions Replacing { get; } = new() { Replace = true };

    private IScheduler Work => _work ?? throw new InvalidOperationException("The schedulers were not started.");

    // Quartz's own sentence is left out: what it quotes is not ours to show.
    private static StateException Explain(ClusterStore cluster, SchedulerException fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException database && database.SqlState?.StartsWith(NotThere, StringComparison.Ordinal) != true)
            {
                return new($"The schedule in the database {cluster.Name} cannot be read or written now; it is tried again.", fault)
                {
                    MayPass = true,
                };
            }
        }

        return new(
            $"The schedule in the database {cluster.Name} is not what this KeyRotator expects: {fault.GetType().Name}. Stop all replicas,"
            + $" empty the tables {ClusterStore.TablePrefix}*, and start them again: nothing but times of firing is lost.",
            fault);
    }

    private ValueTask<IScheduler> MakeAsync(StandaloneSchedulerFactory factory, CancellationToken cancellationToken)
    {
        _factories.Add(factory);
        return factory.GetScheduler(cancellationToken);
    }

    [LoggerMessage(7044, LogLevel.Warning, "The schedulers could not be closed ({Fault}): they end with the process")]
    private partial void LogLeft(string fault);

    [LoggerMessage(7042, LogLevel.Warning, "Job {Job} could not be fired; it is tried again")]
    private partial void LogReset(string job);
}
