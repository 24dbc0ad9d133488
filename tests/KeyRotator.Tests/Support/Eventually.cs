namespace KeyRotator.Tests.Support;

/// <summary>Waits for what another thread does, without a sleep: it yields until the condition holds or the test is cancelled.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(5);

    public static Task TrueAsync(Func<bool> condition, CancellationToken cancellationToken) =>
        TrueAsync(() => Task.FromResult(condition()), cancellationToken);

    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(s_bound);
        while (!await condition())
        {
            bound.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
