using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Looks through the stores for tagged secrets, each when its time has come.</summary>
[DisallowConcurrentExecution]
internal sealed partial class DiscoveryJob(LiveRuntime live, ILogger<DiscoveryJob> logger) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("discover");

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        using var runtime = live.Rent();
        var gone = await runtime.Value.Discovery.RunAsync(cancellationToken);
        if (gone > 0)
        {
            LogGone(gone);
            await runtime.Value.Clock.RunAsync(cancellationToken);
        }
    }

    [LoggerMessage(7004, LogLevel.Warning, "{Keys} keys disappeared from discovery")]
    private partial void LogGone(int keys);
}
