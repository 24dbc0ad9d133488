namespace KeyRotator.State;

/// <summary>What a job did, by all processes together.</summary>
/// <param name="Successes">How often it succeeded.</param>
/// <param name="Failures">How often it failed.</param>
/// <param name="SucceededAt">When it last succeeded (UTC), or null.</param>
/// <param name="FailedAt">When it last failed (UTC), or null.</param>
/// <param name="Duration">How long its last run took.</param>
internal sealed record JobStatus(
    long Successes, long Failures, DateTimeOffset? SucceededAt, DateTimeOffset? FailedAt, TimeSpan Duration)
{
    /// <summary>It never ran.</summary>
    public static JobStatus None { get; } = new(0, 0, null, null, TimeSpan.Zero);

    /// <summary>After another run.</summary>
    /// <param name="succeeded">Whether it did its work.</param>
    /// <param name="at">When it ended (UTC).</param>
    /// <param name="duration">How long it took.</param>
    public JobStatus Next(bool succeeded, DateTimeOffset at, TimeSpan duration) => succeeded
        ? this with { Successes = Successes + 1, SucceededAt = at, Duration = duration }
        : this with { Failures = Failures + 1, FailedAt = at, Duration = duration };

    /// <summary>Together with later runs.</summary>
    public JobStatus Plus(JobStatus later) => new(
        Successes + later.Successes,
        Failures + later.Failures,
        later.SucceededAt ?? SucceededAt,
        later.FailedAt ?? FailedAt,
        later.Duration);
}

/// <summary>What each job did, whichever process ran it.</summary>
internal static class JobTable
{
    /// <summary>Every job that ever ran, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, JobStatus>> AllAsync(
        StateTransaction transaction, CancellationToken cancellationToken)
    {
        var rows = await transaction.Prepare("SELECT job, successes, failures, succeeded_at, failed_at, duration FROM job_status")
            .ReadAsync(
                row => KeyValuePair.Create(
                    row.Text(),
                    new JobStatus(row.Long(), row.Long(), row.TimeOrNull(), row.TimeOrNull(), TimeSpan.FromTicks(row.Long()))),
                cancellationToken);
        return rows.ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Adds runs to what is known of a job. Of two processes' times the later one stays: they write in any order.</summary>
    public static Task AddAsync(StateTransaction transaction, string job, JobStatus runs, CancellationToken cancellationToken) =>
        transaction
            .Prepare(
                """
                INSERT INTO job_status (job, successes, failures, succeeded_at, failed_at, duration)
                VALUES (@job, @successes, @failures, @succeeded_at, @failed_at, @duration)
                ON CONFLICT (job) DO UPDATE SET
                  successes = job_status.successes + excluded.successes, failures = job_status.failures + excluded.failures,
                  succeeded_at = CASE
                    WHEN excluded.succeeded_at > coalesce(job_status.succeeded_at, 0) THEN excluded.succeeded_at
                    ELSE job_status.succeeded_at END,
                  failed_at = CASE
                    WHEN excluded.failed_at > coalesce(job_status.failed_at, 0) THEN excluded.failed_at ELSE job_status.failed_at END,
                  duration = excluded.duration
                """)
            .Set("@job", job)
            .Set("@successes", runs.Successes)
            .Set("@failures", runs.Failures)
            .Set("@succeeded_at", runs.SucceededAt)
            .Set("@failed_at", runs.FailedAt)
            .Set("@duration", runs.Duration.Ticks)
            .ExecuteAsync(cancellationToken);
}
