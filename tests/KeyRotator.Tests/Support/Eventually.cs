namespace KeyRotator.Tests.Support;

/// <summary>Waits for what another thread or process does: it looks again and again until the condition holds or the test is
/// cancelled.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(10);

    public static Task TrueAsync(Func<bool> condition, CancellationToken cancellationToken) =>
        TrueAsync(() => Task.FromResult(condition()), cancellationToken);

    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(s_bound);
        while (!await condition())
        {
            await Task.Delay(s_period, TimeProvider.System, bound.Token);
        }
    }
}
