namespace KeyRotator.State;

/// <summary>Tells within this process that messages were committed. Other processes' messages are found by asking.</summary>
internal sealed class OutboxSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Ends with the next commit. Taken before the outbox is looked at, it misses none.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Messages were committed.</summary>
    public void Set() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
