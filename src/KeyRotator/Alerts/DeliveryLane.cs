namespace KeyRotator.Alerts;

/// <summary>One channel's way out: one drain at a time, and a pause while the receiver takes nothing. Times are measured, not read off the
/// clock, which may jump.</summary>
internal sealed class DeliveryLane(TimeProvider time)
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int CalledAgain = 2;
    private const int FailuresToPause = 3;
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly long _madeAt = time.GetTimestamp();
    private int _state;
    private int _failures;
    private TimeSpan _pausedUntil;
    private TimeSpan? _retryAt;

    /// <summary>What is left of the pause; zero or less where there is none.</summary>
    public TimeSpan PauseLeft => _pausedUntil - Now;

    private TimeSpan Now => time.GetElapsedTime(_madeAt);

    /// <summary>True for the one that may drain; it must <see cref="TryLeave"/> or <see cref="Leave"/>. Who may not has left word: the one
    /// that drains looks once more.</summary>
    public bool TryEnter()
    {
        while (true)
        {
            var state = Interlocked.CompareExchange(ref _state, Busy, Idle);
            if (state == Idle)
            {
                return true;
            }

            if (state == CalledAgain || Interlocked.CompareExchange(ref _state, CalledAgain, Busy) == Busy)
            {
                return false;
            }
        }
    }

    /// <summary>Lets the next one in; false where somebody called meanwhile, who may have seen what this one did not.</summary>
    public bool TryLeave()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Busy) == Busy)
        {
            return true;
        }

        Volatile.Write(ref _state, Busy);
        return false;
    }

    /// <summary>Lets the next one in, whatever happened.</summary>
    public void Leave() => Volatile.Write(ref _state, Idle);

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
