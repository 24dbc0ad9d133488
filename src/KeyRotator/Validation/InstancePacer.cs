using KeyRotator.Http;

namespace KeyRotator.Validation;

/// <summary>Paces one provider instance: so many probes at a time, so many a minute, none in a pause. First come, first served.</summary>
internal sealed class InstancePacer
{
    /// <summary>Probes at a time, unless told otherwise.</summary>
    public const int DefaultConcurrency = 8;

    /// <summary>The longest pause that is waited for.</summary>
    public static TimeSpan LongestPause { get; } = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly SlotGate _slots;
    private readonly PacingShare _share;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private TimeSpan _nextAt;
    private TimeSpan _pausedUntil;
    private volatile bool _waits;

    /// <param name="concurrency">Most probes at a time, at least 1.</param>
    /// <param name="requestsPerMinute">Most starts a minute, at least 1, evenly spread; null for no cap.</param>
    /// <param name="time">The clock.</param>
    /// <param name="share">This process's part of both; null: all of it.</param>
    public InstancePacer(int concurrency, int? requestsPerMinute, TimeProvider time, PacingShare? share = null)
    {
        _share = share ?? new PacingShare();
        _slots = new SlotGate(() => _share.SlotsOf(concurrency));
        _interval = requestsPerMinute is { } perMinute ? TimeSpan.FromMinutes(1) / perMinute : TimeSpan.Zero;
        _waits = requestsPerMinute is not null;
        (_time, _origin) = (time, time.GetTimestamp());
    }

    /// <summary>Held by whoever asks what is asked once for all passes over the instance.</summary>
    public SlotGate Alone { get; } = new(static () => 1);

    /// <summary>The end of the pause that is on (UTC), or a time that has passed.</summary>
    public DateTimeOffset PausedUntil
    {
        get
        {
            lock (_lock)
            {
                return _time.GetUtcNow() + (_pausedUntil - Elapsed);
            }
        }
    }

    /// <summary>Waits for the instance's turn. Dispose the slot when the answer is read.</summary>
    /// <param name="patience">A turn must come sooner than that; null for no limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where a pause of more than <see cref="LongestPause"/> is on or the turn comes too late: then nothing may be
    /// sent.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no slot is held.</exception>
    public async ValueTask<PacerSlot?> EnterAsync(TimeSpan? patience, CancellationToken cancellationToken)
    {
        var latest = Elapsed + patience;
        await _slots.EnterAsync(cancellationToken);
        var isOurTurn = false;
        try
        {
            isOurTurn = !_waits || await WaitForTurnAsync(latest, cancellationToken);
            return isOurTurn ? new PacerSlot(_slots) : null;
        }
        finally
        {
            if (!isOurTurn)
            {
                _slots.Leave();
            }
        }
    }

    /// <summary>Starts nothing before then (UTC), by a provider's Retry-After. A shorter pause does not end a longer one.</summary>
    /// <remarks>None is longer than <see cref="RetryAfter.Most"/>: a time that was noted before the clock was set back may lie far
    /// ahead.</remarks>
    public void PauseUntil(DateTimeOffset at)
    {
        lock (_lock)
        {
            var until = Elapsed + TimeSpan.FromTicks(Math.Min((at - _time.GetUtcNow()).Ticks, RetryAfter.Most.Ticks));
            _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
            _waits = true;
        }
    }

    private bool IsPaused
    {
        get
        {
            lock (_lock)
            {
                return _pausedUntil > Elapsed;
            }
        }
    }

    private TimeSpan Elapsed => _time.GetElapsedTime(_origin);

    // A pause that was announced while waiting puts the turn behind it.
    private async Task<bool> WaitForTurnAsync(TimeSpan? latest, CancellationToken cancellationToken)
    {
        var wait = TakeTurn(latest);
        while (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait.Value, _time, cancellationToken);
            wait = IsPaused ? TakeTurn(latest) : TimeSpan.Zero;
        }

        return wait is not null;
    }

    // A turn that comes too late is not taken: it stays free.
    private TimeSpan? TakeTurn(TimeSpan? latest)
    {
        lock (_lock)
        {
            var now = Elapsed;
            var turn = PaceDecision.For(now, _nextAt, _pausedUntil, _share.IntervalOf(_interval));
            if (_pausedUntil - now > LongestPause || turn.StartAt >= latest)
            {
                return null;
            }

            _nextAt = turn.NextAt;
            // Timers drop fractions of a millisecond, and would fire too soon.
            return TimeSpan.FromMilliseconds(Math.Ceiling((turn.StartAt - now).TotalMilliseconds));
        }
    }
}

/// <summary>The right to have one probe under way. Dispose once.</summary>
internal readonly struct PacerSlot(SlotGate slots) : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => slots.Leave();
}
