using KeyRotator.State;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Removes what is too old to matter, step by step until nothing is left of it.</summary>
[DisallowConcurrentExecution]
internal sealed partial class PruneJob(ServicePhase phase, Schedule schedule, TimeProvider time, ILogger<PruneJob> logger) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("prune");

    private static readonly TimeSpan s_schedulesKept = TimeSpan.FromDays(1);

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        PrunedRows step;
        do
        {
            step = await StatePruning.StepAsync(phase.State, now, cancellationToken);
            LogPruned(step.Runs, step.Findings, step.Messages, step.Acts);
        }
        while (step.IsMoreLeft);
        await PruneSchedulesAsync(now, cancellationToken);
    }

    // A version that does not run any more does not come back to what it left behind; where it does, it declares it anew.
    private async Task PruneSchedulesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (schedule != Schedule.Shared)
        {
            return;
        }

        await using var transaction = await phase.State.BeginWriteAsync(cancellationToken);
        await ScheduleTable.PruneAsync(transaction, schedule.Name, now - s_schedulesKept, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(7002, LogLevel.Information, "Pruned {Runs} runs of checks, {Findings} findings, {Messages} messages, {Acts} acts")]
    private partial void LogPruned(int runs, int findings, int messages, int acts);
}
