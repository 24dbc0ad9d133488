using KeyRotator.Configuration;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Looks whether the configuration changed, and puts a good one in force. The database that is open stays open.</summary>
[DisallowConcurrentExecution]
internal sealed class ReloadJob(SettingsWatcher watcher, LiveRuntime live) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("reload");

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (watcher.Check()?.Settings is { } settings)
        {
            await live.PutInForceAsync(settings, cancellationToken);
        }
    }
}
