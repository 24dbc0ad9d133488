using System.Collections.Concurrent;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Remembers when each job last succeeded: what readiness and metrics tell.</summary>
internal sealed partial class JobRecord(TimeProvider time, ILogger<JobRecord> logger) : IJobListener
{
    private readonly ConcurrentDictionary<string, JobOutcome> _outcomes = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <inheritdoc />
    public string Name => "record";

    /// <summary>What every job did so far, by name.</summary>
    public IReadOnlyDictionary<string, JobOutcome> Outcomes => _outcomes;

    /// <summary>The jobs that have not succeeded for two of their periods, with the time since when.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Overdue()
    {
        var now = time.GetUtcNow();
        return Scheduling.Jobs
            .Select(job => KeyValuePair.Create(job.Key.Name, _outcomes.GetValueOrDefault(job.Key.Name)?.SucceededAt ?? _startedAt))
            .Where(entry => now - entry.Value > Scheduling.PeriodOf(entry.Key) * 2)
            .ToDictionary();
    }

    /// <summary>Whether every job does its work: none is overdue, and those that fire every minute or oftener have succeeded since the
    /// start. A service that starts again and again is not alive.</summary>
    /// <param name="besides">A job that is not asked.</param>
    public bool AreWorking(string besides) =>
        Overdue().Keys.All(job => job == besides)
        && Scheduling.Jobs
            .Where(job => job.Period <= TimeSpan.FromMinutes(1) && job.Key.Name != besides)
            .All(job => _outcomes.GetValueOrDefault(job.Key.Name)?.SucceededAt is not null);

    /// <inheritdoc />
    public ValueTask JobWasExecuted(
        IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
    {
        Note(context.JobDetail.Key.Name, jobException, context.JobRunTime);
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes note of a run.</summary>
    /// <param name="name">The job.</param>
    /// <param name="jobException">What ended it, or null where it succeeded.</param>
    /// <param name="duration">How long it took.</param>
    internal void Note(string name, JobExecutionException? jobException, TimeSpan duration)
    {
        var now = time.GetUtcNow();
        _outcomes.AddOrUpdate(
            name,
            _ => JobOutcome.First(jobException, now, duration),
            (_, before) => before.Next(jobException, now, duration));
        if (jobException is not null)
        {
            LogFailed(
                name, (jobException.InnerException ?? jobException).GetType().Name, (jobException.InnerException ?? jobException).Message);
        }
    }

    [LoggerMessage(7003, LogLevel.Error, "Job {Job} failed: {ErrorType}: {Error}")]
    private partial void LogFailed(string job, string errorType, string error);
}

/// <summary>What a job did so far.</summary>
/// <param name="Succeeded">How often it succeeded.</param>
/// <param name="Failed">How often it failed.</param>
/// <param name="SucceededAt">When it last succeeded (UTC), or null.</param>
/// <param name="Duration">How long its last run took.</param>
internal sealed record JobOutcome(long Succeeded, long Failed, DateTimeOffset? SucceededAt, TimeSpan Duration)
{
    public static JobOutcome First(Exception? fault, DateTimeOffset now, TimeSpan duration) =>
        new JobOutcome(0, 0, null, duration).Next(fault, now, duration);

    public JobOutcome Next(Exception? fault, DateTimeOffset now, TimeSpan duration) => fault is null
        ? this with { Succeeded = Succeeded + 1, SucceededAt = now, Duration = duration }
        : this with { Failed = Failed + 1, Duration = duration };
}
