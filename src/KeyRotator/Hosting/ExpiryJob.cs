using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Assesses all keys by the clock: expiry, age, what was unproven for too long; and lets go of what the file names no
/// more.</summary>
[DisallowConcurrentExecution]
internal sealed class ExpiryJob(LiveRuntime live) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("expiry");

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        using var runtime = live.Rent();
        await runtime.Value.Clock.RunAsync(cancellationToken);
    }
}
