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

    /// <inheritdoc />
    public ValueTask JobWasExecuted(
        IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
    {
        var name = context.JobDetail.Key.Name;
        var now = time.GetUtcNow();
        _outcomes.AddOrUpdate(
            name,
            _ => JobOutcome.First(jobException, now, context.JobRunTime),
            (_, before) => before.Next(jobException, now, context.JobRunTime));
        if (jobException is not null)
        {
            LogFailed(
                name, (jobException.InnerException ?? jobException).GetType().Name, (jobException.InnerException ?? jobException).Message);
        }

        return ValueTask.CompletedTask;
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
