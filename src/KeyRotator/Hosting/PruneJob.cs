using KeyRotator.State;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>Removes what is too old to matter, in small steps that keep nobody waiting.</summary>
[DisallowConcurrentExecution]
internal sealed partial class PruneJob(LiveRuntime live, TimeProvider time, ILogger<PruneJob> logger) : IJob
{
    private const int Step = 1000;

    /// <summary>Identity in the scheduler.</summary>
    public static JobKey Key { get; } = new("prune");

    /// <summary>How long past checks and resolved findings are kept.</summary>
    public static TimeSpan HistoryKept { get; } = TimeSpan.FromDays(400);

    /// <summary>How long finished messages are kept.</summary>
    public static TimeSpan MessagesKept { get; } = TimeSpan.FromDays(30);

    /// <inheritdoc />
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var runs = await PruneAsync(CheckHistoryTable.PruneAsync, now - HistoryKept, cancellationToken);
        var messages = await PruneAsync(OutboxTable.PruneAsync, now - MessagesKept, cancellationToken);
        var findings = await PruneAsync(FindingTable.PruneAsync, now - HistoryKept, cancellationToken);
        await PruneModelListsAsync(cancellationToken);
        LogPruned(runs, findings, messages);
    }

    private async Task PruneModelListsAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await live.State.BeginWriteAsync(cancellationToken);
        await ModelListTable.PruneAsync(transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<int> PruneAsync(Func<StateTransaction, DateTimeOffset, int, CancellationToken, Task<int>> prune, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var total = 0;
        for (var gone = Step; gone == Step; total += gone)
        {
            await using var transaction = await live.State.BeginWriteAsync(cancellationToken);
            gone = await prune(transaction, before, Step, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return total;
    }

    [LoggerMessage(7002, LogLevel.Information, "Pruned {Runs} runs of checks, {Findings} findings, {Messages} messages")]
    private partial void LogPruned(int runs, int findings, int messages);
}
