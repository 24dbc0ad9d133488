using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Looks whether the audit is whole: what came since the last time, and once a day all of it.</summary>
[DisallowConcurrentExecution]
internal sealed partial class AuditJob(LiveRuntime live, ILogger<AuditJob> logger) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("audit");

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        using var runtime = live.Rent();
        if (await runtime.Value.Audit.LookAsync(cancellationToken) is { } broken)
        {
            LogBroken(broken.Sequence);
        }
    }

    [LoggerMessage(7006, LogLevel.Critical, "The audit is broken at row {Row}")]
    private partial void LogBroken(long row);
}
