using KeyRotator.Validation;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Checks the keys of its shard that are due.</summary>
[DisallowConcurrentExecution]
internal sealed partial class ValidationJob(LiveRuntime live, Schedule schedule, ILogger<ValidationJob> logger) : IJob
{
    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        using var runtime = live.Rent();
        var shard = schedule.ShardOf(context.JobDetail.Key.Name);
        var due = await live.DueAsync(runtime.Value, shard, cancellationToken);
        if (due.Count == 0)
        {
            return;
        }

        var request = new CheckPassRequest(due, SendAlerts: false, IgnoreCadence: false) { Budget = schedule.CheckBudget };
        var result = await runtime.Value.Pass.RunAsync(request, Silence.Instance, cancellationToken);
        await live.CoverAsync(due, cancellationToken);
        LogPass(result.Checked, result.Rejected, result.StoreFailures);
        if (result.StoreFailures >= due.Count)
        {
            throw new JobExecutionException($"None of {due.Count} keys could be read from its store.");
        }
    }

    [LoggerMessage(7001, LogLevel.Information, "Checked {Keys} keys: {Rejected} rejected, {Unreadable} locations unreadable")]
    private partial void LogPass(int keys, int rejected, int unreadable);

    private sealed class Silence : IProgress<CheckProgress>
    {
        public static Silence Instance { get; } = new();

        public void Report(CheckProgress value)
        {
        }
    }
}
