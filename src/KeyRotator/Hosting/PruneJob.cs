using KeyRotator.State;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Removes what is too old to matter, step by step until nothing is left of it.</summary>
[DisallowConcurrentExecution]
internal sealed partial class PruneJob(StateDatabase state, TimeProvider time, ILogger<PruneJob> logger) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("prune");

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        PrunedRows step;
        do
        {
            step = await StatePruning.StepAsync(state, now, cancellationToken);
            LogPruned(step.Runs, step.Findings, step.Messages, step.Acts);
        }
        while (step.IsMoreLeft);
    }

    [LoggerMessage(7002, LogLevel.Information, "Pruned {Runs} runs of checks, {Findings} findings, {Messages} messages, {Acts} acts")]
    private partial void LogPruned(int runs, int findings, int messages, int acts);
}
