namespace KeyRotator.Metrics;

/// <summary>What KeyRotator tells of itself.</summary>
internal static class ServiceMetrics
{
    public static readonly MetricFamily Build = new(
        "keyrotator.build.info", MetricKind.Gauge, "", "What runs here: always 1.", "version", "commit", "database");

    public static readonly MetricFamily StartedAt = new(
        "keyrotator.start.timestamp", MetricKind.Gauge, "s", "When this process began to work.");

    public static readonly MetricFamily ConfigInForce = new(
        "keyrotator.config.last_reload_successful", MetricKind.Gauge, "", "Whether the last changed configuration was put in force.");

    public static readonly MetricFamily ConfigReloadedAt = new(
        "keyrotator.config.last_reload.timestamp", MetricKind.Gauge, "s", "Since when the configuration is in force.");

    public static readonly MetricFamily ConfigFailures = new(
        "keyrotator.config.reload_failures", MetricKind.Counter, "{reload}", "Changed configurations that were refused.");

    public static readonly MetricFamily DatabaseUp = new(
        "keyrotator.database.up", MetricKind.Gauge, "",
        "Whether the database answered in time; 0: what it holds is told as last read, for five minutes.");

    public static readonly MetricFamily DatabaseRead = new(
        "keyrotator.database.read.duration", MetricKind.Gauge, "s", "How long it took to read from the database what is told of keys.");

    public static readonly MetricFamily JobRuns = new(
        "keyrotator.job.runs", MetricKind.Counter, "{run}", "Runs of each job in this process, by how they ended.", "job_name", "result")
    {
        IsRecorded = true,
    };

    public static readonly MetricFamily JobDuration = new(
        "keyrotator.job.duration", MetricKind.Histogram, "s", "How long runs of each job took in this process.", "job_name")
    {
        IsRecorded = true,
        Buckets = [0.01, 0.1, 0.5, 1, 5, 15, 30, 60, 300],
    };

    public static readonly MetricFamily JobSucceededAt = new(
        "keyrotator.job.last_success.timestamp", MetricKind.Gauge, "s", "When each job last succeeded.", "job_name");

    public static readonly MetricFamily JobPeriod = new(
        "keyrotator.job.period", MetricKind.Gauge, "s", "How often each job should succeed.", "job_name");

    public static readonly MetricFamily AuditSequence = new(
        "keyrotator.audit.sequence", MetricKind.Gauge, "", "Number of the last row of the audit. It never falls.");

    public static readonly MetricFamily OtlpExports = new(
        "keyrotator.otlp.exports", MetricKind.Counter, "{export}", "Times that metrics were sent by OTLP, by how it ended.", "result")
    {
        IsRecorded = true,
    };

    public static IReadOnlyList<MetricFamily> All { get; } =
    [
        Build, StartedAt, ConfigInForce, ConfigReloadedAt, ConfigFailures, DatabaseUp, DatabaseRead, JobRuns, JobDuration, JobSucceededAt,
        JobPeriod, AuditSequence, OtlpExports,
    ];
}
