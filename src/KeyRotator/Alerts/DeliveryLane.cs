namespace KeyRotator.Alerts;

/// <summary>One channel's way out: one drain at a time, and a pause while the receiver takes nothing. Times are measured, not read off the
/// clock, which may jump.</summary>
internal sealed class DeliveryLane(TimeProvider time)
{
    private const int FailuresToPause = 3;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly long _madeAt = time.GetTimestamp();
    private int _busy;
    private int _failures;
    private TimeSpan _pausedUntil;
    private TimeSpan? _retryAt;

    /// <summary>What is left of the pause; zero or less where there is none.</summary>
    public TimeSpan PauseLeft => _pausedUntil - Now;

    private TimeSpan Now => time.GetElapsedTime(_madeAt);

    /// <summary>True for the one that may drain; it must <see cref="Leave"/>.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    /// <summary>Lets the next one in.</summary>
    public void Leave() => Volatile.Write(ref _busy, 0);

    /// <summary>Time until a message that failed is tried again; each is told of once. Null where there is none.</summary>
    public TimeSpan? TakeRetry()
    {
        var left = _retryAt - Now;
        _retryAt = null;
        return left;
    }

    /// <summary>Takes note of an attempt. Nothing more is sent for a while where the receiver asked for it, gave no answer, or failed
    /// several messages in a row.</summary>
    /// <param name="attempt">How it went.</param>
    /// <param name="delay">Time until the same message is tried again, or null where it is not.</param>
    public void Note(DeliveryAttempt attempt, TimeSpan? delay)
    {
        _retryAt = delay is null || _retryAt < Now + delay ? _retryAt : Now + delay;
        _failures = attempt.Outcome == DeliveryOutcome.Retry ? _failures + 1 : 0;
        if (_failures >= FailuresToPause || attempt.ConcernsReceiver)
        {
            _pausedUntil = Now + PauseAfter(attempt, delay ?? s_longestPause);
        }
    }

    // A receiver that only fails may hold a fresh message up for a minute; for longer it has to ask.
    private static TimeSpan PauseAfter(DeliveryAttempt attempt, TimeSpan delay) =>
        attempt.RetryAfter ?? (delay < s_longestPause ? delay : s_longestPause);
}
