using System.Collections.Concurrent;
using KeyRotator.Metrics;
using Quartz;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Counts and times the runs of jobs in this process.</summary>
internal sealed class JobMeter(TimeProvider time) : IJobListener
{
    public const string Success = "success";
    public const string Failure = "failure";

    private readonly ConcurrentDictionary<string, DateTimeOffset> _succeeded = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public string Name => "meter";

    /// <summary>When each job last succeeded in this process (UTC).</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Succeeded => _succeeded;

    /// <inheritdoc />
    public ValueTask JobWasExecuted(
        IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
    {
        Note(context.JobDetail.Key.Name, context.JobRunTime, jobException is null);
        return ValueTask.CompletedTask;
    }

    internal void Note(string job, TimeSpan duration, bool succeeded)
    {
        var name = KeyValuePair.Create<string, object?>("job_name", job);
        Instruments.JobDuration.Record(duration.TotalSeconds, name);
        Instruments.JobRuns.Add(1, name, new("result", succeeded ? Success : Failure));
        if (succeeded)
        {
            _succeeded[job] = time.GetUtcNow();
        }
    }
}
