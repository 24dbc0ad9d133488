using Xunit;

namespace KeyRotator.Tests.Support;

/// <summary>Lets work under a manual clock run to its end: whenever it waits for the clock, the clock moves on.</summary>
internal static class Drive
{
    /// <summary>Longer timers are time limits, not waits: nobody comes to them.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(2);

    public static async Task<T> UntilDone<T>(Task<T> work, ManualClock clock, TimeSpan? longestWait = null)
    {
        await UntilDone((Task)work, clock, longestWait);
        return await work;
    }

    public static async Task UntilDone(Task work, ManualClock clock, TimeSpan? longestWait = null)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(s_bound);
        while (!work.IsCompleted)
        {
            var timerSet = clock.TimerSet;
            if (clock.NextTimerIn is { } wait && wait <= (longestWait ?? s_longestWait))
            {
                clock.Advance(wait);
                continue;
            }

            await Task.WhenAny(work, timerSet).WaitAsync(bound.Token);
        }

        await work;
    }
}
