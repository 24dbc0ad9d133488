using KeyRotator.State;

namespace KeyRotator.Hosting;

/// <summary>Delivers messages as soon as this process has committed them, as far as they wait for no others. What other processes commit, what becomes due later and what
/// went wrong here is <see cref="DispatchJob"/>'s.</summary>
internal sealed partial class DispatchWaker(LiveRuntime live, TimeProvider time, ILogger<DispatchWaker> logger) : BackgroundService
{
    private static readonly TimeSpan s_budget = TimeSpan.FromSeconds(8);

    // A burst of commits is one drain.
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Task> drains = [];
        try
        {
            while (true)
            {
                // Taken before the drain: what is committed during it wakes the next one.
                var next = live.State.Messages.Next;

                // A drain that hangs on one receiver holds up nobody else's: the next one begins beside it, on the channels that are free.
                drains.RemoveAll(drain => drain.IsCompleted);
                drains.Add(DrainAsync(stoppingToken));
                await Task.Delay(s_rest, time, stoppingToken);
                await next.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(drains);
        }
    }

    private async Task DrainAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var runtime = live.Rent();
            await runtime.Value.Alerts.QueueDueAsync(stoppingToken);
            await runtime.Value.Alerts.DeliverAsync(s_budget, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops. What was under way is sent again.
        }
        catch (StateException fault)
        {
            LogFailed(fault.Message);
        }
    }

    [LoggerMessage(7030, LogLevel.Warning, "Alerts could not be delivered at once and wait for the next round: {Error}")]
    private partial void LogFailed(string error);
}
