namespace KeyRotator.Validation;

/// <summary>Keeps the probes of one provider instance apart: so many at a time, so many a minute, none while the provider asks for quiet. First come, first served.</summary>
internal sealed class InstancePacer : IDisposable
{
    /// <summary>Probes at a time, unless told otherwise.</summary>
    public const int DefaultConcurrency = 8;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _slots;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private TimeSpan _nextAt;
    private TimeSpan _pausedUntil;
    private volatile bool _waits;

    /// <param name="concurrency">Most probes at a time, at least 1.</param>
    /// <param name="requestsPerMinute">Most starts a minute, at least 1, evenly spread; null for no cap.</param>
    /// <param name="time">The clock.</param>
    public InstancePacer(int concurrency, int? requestsPerMinute, TimeProvider time)
    {
        _slots = new SemaphoreSlim(concurrency);
        _interval = requestsPerMinute is { } perMinute ? TimeSpan.FromMinutes(1) / perMinute : TimeSpan.Zero;
        _waits = requestsPerMinute is not null;
        (_time, _origin) = (time, time.GetTimestamp());
    }

    /// <summary>End of the pause that the provider asked for (UTC), or null where none is on: a pass may skip what would wait too long.</summary>
    public DateTimeOffset? PausedUntil
    {
        get
        {
            lock (_lock)
            {
                var left = _pausedUntil - Elapsed;
                return left > TimeSpan.Zero ? _time.GetUtcNow() + left : null;
            }
        }
    }

    /// <summary>Waits for the instance's turn. Dispose the slot when the answer is read.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting; no slot is held.</exception>
    public async ValueTask<PacerSlot> EnterAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        var slot = new PacerSlot(_slots);
        if (!_waits)
        {
            return slot;
        }

        try
        {
            await WaitForTurnAsync(cancellationToken);
            return slot;
        }
        catch (OperationCanceledException)
        {
            slot.Dispose();
            throw;
        }
    }

    /// <summary>Starts nothing before then (UTC), by a provider's Retry-After. A shorter pause does not end a longer one.</summary>
    public void PauseUntil(DateTimeOffset at)
    {
        lock (_lock)
        {
            var until = Elapsed + (at - _time.GetUtcNow());
            _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
            _waits = true;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _slots.Dispose();

    private TimeSpan Elapsed => _time.GetElapsedTime(_origin);

    // A pause that was announced while waiting puts the turn behind it.
    private async Task WaitForTurnAsync(CancellationToken cancellationToken)
    {
        for (var wait = TakeTurn(); wait > TimeSpan.Zero; wait = PausedUntil is null ? TimeSpan.Zero : TakeTurn())
        {
            await Task.Delay(wait, _time, cancellationToken);
        }
    }

    private TimeSpan TakeTurn()
    {
        lock (_lock)
        {
            var now = Elapsed;
            var turn = PaceDecision.For(now, _nextAt, _pausedUntil, _interval);
            _nextAt = turn.NextAt;
            return TimeSpan.FromMilliseconds(Math.Ceiling((turn.StartAt - now).TotalMilliseconds)); // timers drop fractions, and would fire too soon
        }
    }
}

/// <summary>The right to have one probe under way. Dispose once.</summary>
internal readonly struct PacerSlot(SemaphoreSlim slots) : IDisposable
{
    /// <inheritdoc />
    public void Dispose() => slots.Release();
}
