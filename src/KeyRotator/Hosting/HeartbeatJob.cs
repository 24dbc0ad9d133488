using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Tells the watchdog that the service is alive, as long as it does its work.</summary>
[DisallowConcurrentExecution]
internal sealed class HeartbeatJob(LiveRuntime live, JobRecord jobs) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("heartbeat");

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        using var runtime = live.Rent();
        if (runtime.Value.Settings.Heartbeat is { } heartbeat && jobs.AreWorking(besides: Key.Name))
        {
            await runtime.Value.Heartbeat.BeatIfDueAsync(heartbeat, cancellationToken);
        }
    }
}
