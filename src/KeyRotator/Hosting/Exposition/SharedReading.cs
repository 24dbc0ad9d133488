namespace KeyRotator.Hosting.Exposition;

/// <summary>Something that takes long to read: one reads it at a time, all who ask meanwhile and soon after get the same. What takes too
/// long goes on by itself: nobody starts another beside it.</summary>
/// <param name="read">Reads it; null where that failed.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedReading<T>(Func<Task<T?>> read, TimeProvider time)
    where T : class
{
    private readonly Lock _lock = new();
    private Attempt? _current;
    private T? _last;
    private long _lastAt;

    /// <summary>What was read is told again for so long, from the end of the reading on.</summary>
    public static TimeSpan Lasts { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What has not come by then is not waited for.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Waits for it, but not for ever.</summary>
    public async Task<Reading<T>> AnswerAsync(CancellationToken cancellationToken)
    {
        var attempt = Current();
        var left = Patience - time.GetElapsedTime(attempt.BeganAt);
        try
        {
            return new(await attempt.Result.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken), false);
        }
        catch (TimeoutException)
        {
            return new(null, true);
        }
    }

    /// <summary>What was last read, where that is not longer ago; else null.</summary>
    public T? Last(TimeSpan within)
    {
        lock (_lock)
        {
            return _last is not null && time.GetElapsedTime(_lastAt) <= within ? _last : null;
        }
    }

    private Attempt Current()
    {
        lock (_lock)
        {
            if (_current is null || (_current.Result.IsCompleted && time.GetElapsedTime(_current.EndedAt) >= Lasts))
            {
                var attempt = new Attempt(time.GetTimestamp());
                attempt.Result = RunAsync(attempt);
                _current = attempt;
            }

            return _current;
        }
    }

    private async Task<T?> RunAsync(Attempt attempt)
    {
        await Task.Yield(); // SQLite blocks whoever asks it
        try
        {
            var result = await read();
            lock (_lock)
            {
                (_last, _lastAt) = result is null ? (_last, _lastAt) : (result, time.GetTimestamp());
            }

            return result;
        }
        finally
        {
            attempt.EndedAt = time.GetTimestamp();
        }
    }

    private sealed class Attempt(long beganAt)
    {
        public long BeganAt => beganAt;

        public long EndedAt { get; set; }

        public Task<T?> Result { get; set; } = Task.FromResult<T?>(null);
    }
}

/// <summary>What came of a reading.</summary>
/// <param name="Value">What was read; null where that failed or is not over yet.</param>
/// <param name="IsPending">Whether it is not over yet.</param>
internal readonly record struct Reading<T>(T? Value, bool IsPending)
    where T : class;
