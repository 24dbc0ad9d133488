using KeyRotator.Rotation;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Carries on the open rotations that something is to be done for.</summary>
[DisallowConcurrentExecution]
internal sealed partial class RotationJob(LiveRuntime live, ILogger<RotationJob> logger) : IJob
{
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(45);

    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("rotate");

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        using var runtime = live.Rent();
        var waiting = await new RotationRound(runtime.Value.Rotations, "run").RunAsync(s_budget, cancellationToken);
        if (waiting > 0)
        {
            LogWaiting(waiting);
        }
    }

    [LoggerMessage(7005, LogLevel.Warning, "{Rotations} rotations wait for an operator")]
    private partial void LogWaiting(int rotations);
}
