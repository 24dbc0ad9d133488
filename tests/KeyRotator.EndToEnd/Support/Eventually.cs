namespace KeyRotator.EndToEnd.Support;

/// <summary>Waits for what another process does: asks again and again, and not for ever.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(100);

    public static async Task TrueAsync(
        Func<Task<bool>> condition, string what, CancellationToken cancellationToken, TimeSpan? within = null)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(within ?? s_bound);
        using var timer = new PeriodicTimer(s_period);
        try
        {
            while (!await condition())
            {
                await timer.WaitForNextTickAsync(bound.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Within {within ?? s_bound} it did not come about that {what}.");
        }
    }

    public static Task TrueAsync(
        Func<bool> condition, string what, CancellationToken cancellationToken, TimeSpan? within = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, cancellationToken, within);
}
