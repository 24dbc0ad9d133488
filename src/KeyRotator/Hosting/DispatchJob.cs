using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Queues reminders and ended holds, delivers what is due, and records how the channels are.</summary>
[DisallowConcurrentExecution]
internal sealed class DispatchJob(LiveRuntime live) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("dispatch");

    // Retries that fall into it are waited for; what comes later is the next firing's, so that a hanging receiver delays the others' new
    // messages little.
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(8);

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        using var runtime = live.Rent();
        var alerts = runtime.Value.Alerts;
        await alerts.QueueDueAsync(cancellationToken);
        await alerts.DeliverAsync(s_budget, cancellationToken);
        await alerts.AssessChannelsAsync(cancellationToken);
    }
}
