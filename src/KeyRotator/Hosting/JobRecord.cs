using KeyRotator.State;
using KeyRotator.Validation;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Remembers when each job last succeeded, whichever process ran it: what readiness and metrics tell.</summary>
/// <remarks>What every process does for itself is judged from its own memory; the rest from the database, where each run is written
/// to.</remarks>
internal sealed partial class JobRecord(ServicePhase phase, Schedule schedule, TimeProvider time, ILogger<JobRecord> logger) : IJobListener
{
    private readonly Lock _lock = new();
    private readonly SlotGate _writing = new(static () => 1);
    private readonly Dictionary<string, JobStatus> _own = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobStatus> _unwritten = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private IReadOnlyDictionary<string, JobStatus> _shared = new Dictionary<string, JobStatus>();
    private bool _isBehind;

    /// <inheritdoc />
    public string Name => "record";

    /// <summary>What every job of the schedule did, by name: runs of this process, and when any process last succeeded.</summary>
    public IReadOnlyDictionary<string, JobOutcome> Outcomes
    {
        get
        {
            lock (_lock)
            {
                return schedule.Jobs.Select(job => job.Key.Name)
                    .Where(name => _own.ContainsKey(name) || _shared.ContainsKey(name))
                    .ToDictionary(name => name, OutcomeOf, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The jobs that have not succeeded for two of their periods, with the time since when. A service that just started is judged
    /// from its own start.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Overdue()
    {
        var now = time.GetUtcNow();
        return schedule.Jobs
            .Select(job => KeyValuePair.Create(job.Key.Name, SucceededSinceStart(job.Key.Name) ?? _startedAt))
            .Where(entry => now - entry.Value > schedule.PeriodOf(entry.Key) * 2)
            .ToDictionary();
    }

    /// <summary>Whether every job does its work: none is overdue, and those that fire every few seconds have succeeded since the
    /// start. A service that starts again and again is not alive.</summary>
    /// <param name="besides">A job that is not asked.</param>
    public bool AreWorking(string besides) =>
        Overdue().Keys.All(job => job == besides)
        && schedule.Jobs
            .Where(job => job.IsFrequent && job.Key.Name != besides)
            .All(job => SucceededSinceStart(job.Key.Name) is not null);

    /// <inheritdoc />
    public async ValueTask JobWasExecuted(
        IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
    {
        Note(context.JobDetail.Key.Name, jobException, context.JobRunTime);
        await WriteAsync(CancellationToken.None);
    }

    /// <summary>Takes over what the database knows.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public async Task RefreshAsync(StateTransaction transaction, CancellationToken cancellationToken)
    {
        var known = await JobTable.AllAsync(transaction, cancellationToken);
        lock (_lock)
        {
            _shared = known;
        }
    }

    /// <summary>Takes note of a run.</summary>
    /// <param name="name">The job.</param>
    /// <param name="jobException">What ended it, or null where it succeeded.</param>
    /// <param name="duration">How long it took.</param>
    internal void Note(string name, JobExecutionException? jobException, TimeSpan duration)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            _own[name] = _own.GetValueOrDefault(name, JobStatus.None).Next(jobException is null, now, duration);
            if (schedule.Jobs.Any(job => job.Key.Name == name && !job.IsLocal))
            {
                _unwritten[name] = _unwritten.GetValueOrDefault(name, JobStatus.None).Next(jobException is null, now, duration);
            }
        }

        if (jobException is not null)
        {
            var cause = CauseOf(jobException);
            LogFailed(name, cause.GetType().Name, cause.Message);
        }
    }

    // Quartz wraps what a job throws, and that again.
    private static Exception CauseOf(Exception fault) =>
        fault is SchedulerException { InnerException: { } inner } ? CauseOf(inner) : fault;

    /// <summary>Writes what was noted, and takes over what others wrote. While the database fails it is kept for the next time.</summary>
    internal async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _writing.EnterAsync(cancellationToken);
        var runs = TakeUnwritten();
        try
        {
            if (runs.Count > 0)
            {
                await WriteAsync(runs, cancellationToken);
                _isBehind = false;
            }
        }
        catch (StateException fault)
        {
            PutBack(runs);
            if (!_isBehind)
            {
                LogUnwritten(fault.Message);
            }

            _isBehind = true;
        }
        finally
        {
            _writing.Leave();
        }
    }

    // A loss of power takes nothing from it that matters: the jobs run again.
    private async Task WriteAsync(Dictionary<string, JobStatus> runs, CancellationToken cancellationToken)
    {
        await using var transaction = await phase.State.BeginWriteAsync(Durability.ProcessEnd, cancellationToken);
        foreach (var (job, status) in runs.OrderBy(run => run.Key, StringComparer.Ordinal))
        {
            await JobTable.AddAsync(transaction, job, status, cancellationToken);
        }

        await RefreshAsync(transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private Dictionary<string, JobStatus> TakeUnwritten()
    {
        lock (_lock)
        {
            var runs = new Dictionary<string, JobStatus>(_unwritten, StringComparer.Ordinal);
            _unwritten.Clear();
            return runs;
        }
    }

    private void PutBack(Dictionary<string, JobStatus> runs)
    {
        lock (_lock)
        {
            foreach (var (job, old) in runs)
            {
                _unwritten[job] = _unwritten.TryGetValue(job, out var later) ? old.Plus(later) : old;
            }
        }
    }

    private DateTimeOffset? SucceededSinceStart(string job)
    {
        lock (_lock)
        {
            return OutcomeOf(job).SucceededAt is { } at && at >= _startedAt ? at : null;
        }
    }

    private JobOutcome OutcomeOf(string job)
    {
        var own = _own.GetValueOrDefault(job, JobStatus.None);
        var shared = schedule.Jobs.First(each => each.Key.Name == job).IsLocal ? null : _shared.GetValueOrDefault(job);
        var last = shared?.SucceededAt > (own.SucceededAt ?? DateTimeOffset.MinValue) ? shared.SucceededAt : own.SucceededAt;
        return new(own.Successes, own.Failures, last, own == JobStatus.None ? shared?.Duration ?? TimeSpan.Zero : own.Duration);
    }

    [LoggerMessage(7003, LogLevel.Error, "Job {Job} failed: {ErrorType}: {Error}")]
    private partial void LogFailed(string job, string errorType, string error);

    [LoggerMessage(7008, LogLevel.Warning, "What the jobs did could not be recorded yet: {Error}")]
    private partial void LogUnwritten(string error);
}

/// <summary>What a job did so far.</summary>
/// <param name="Succeeded">How often it succeeded in this process.</param>
/// <param name="Failed">How often it failed in this process.</param>
/// <param name="SucceededAt">When it last succeeded in any process (UTC), or null.</param>
/// <param name="Duration">How long its last run took.</param>
internal sealed record JobOutcome(long Succeeded, long Failed, DateTimeOffset? SucceededAt, TimeSpan Duration);
