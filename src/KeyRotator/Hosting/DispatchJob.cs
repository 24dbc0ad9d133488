using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Queues reminders and ended holds, delivers what is due, and records how the channels are.</summary>
[DisallowConcurrentExecution]
internal sealed class DispatchJob(LiveRuntime live) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("dispatch");

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var alerts = live.Current.Alerts;
        await alerts.QueueDueAsync(cancellationToken);
        await alerts.DeliverAsync(cancellationToken);
        await alerts.AssessChannelsAsync(cancellationToken);
    }
}
