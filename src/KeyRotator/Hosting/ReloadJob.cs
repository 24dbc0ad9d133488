using KeyRotator.Configuration;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Looks whether the configuration changed, and puts a good one in force; what that means for the findings is found out at once.
/// The database that is open stays open. Every process has a file of its own.</summary>
[DisallowConcurrentExecution]
internal sealed class ReloadJob(SettingsWatcher watcher, LiveRuntime live, Schedulers schedulers) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("reload");

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (await watcher.CheckAsync(live.PutInForceAsync, cancellationToken) is { Settings: not null })
        {
            await schedulers.TriggerAsync(ExpiryJob.Key, cancellationToken);
        }
    }
}
