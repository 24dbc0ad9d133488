using KeyRotator.State;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Counts the processes that share the database, so that what a provider may be asked is divided among them, and sees to it that
/// the shared jobs are there.</summary>
[DisallowConcurrentExecution]
internal sealed class ReplicasJob(LiveRuntime live, Schedulers schedulers, TimeProvider time) : IJob
{
    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("replicas");

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        live.Replicas = await CountAsync(live.State, time, cancellationToken);
        await schedulers.DeclareAsync(cancellationToken);
    }

    /// <summary>How many said of late that they are alive.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public static async Task<int> CountAsync(StateDatabase state, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginReadAsync(cancellationToken);
        var since = time.GetUtcNow() - ClusterStore.CheckIn - ClusterStore.CheckInThreshold;
        return await ScheduleTable.LiveAsync(transaction, since, cancellationToken);
    }
}
