namespace KeyRotator.Validation;

/// <summary>Lets so many in at a time, in the order of coming, where how many may change at any time. Safe for use from many
/// threads.</summary>
/// <param name="most">How many now, at least 1.</param>
internal sealed class SlotGate(Func<int> most)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _inside;

    /// <summary>Waits to be let in; who was lets the next one in by <see cref="Leave"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; it is not inside.</exception>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue(place);
            LetIn();
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (waiting, token) => ((TaskCompletionSource)waiting!).TrySetCanceled(token), place);
        await place.Task;
    }

    /// <summary>Goes out.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _inside--;
            LetIn();
        }
    }

    // Who does not wait any more is passed over.
    private void LetIn()
    {
        while (_inside < most() && _waiting.TryDequeue(out var next))
        {
            _inside += next.TrySetResult() ? 1 : 0;
        }
    }
}
