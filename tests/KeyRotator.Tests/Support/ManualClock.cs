namespace KeyRotator.Tests.Support;

/// <summary>A clock that moves only when a test moves it; timers fire on the way, in order.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;
    private TimeSpan _ahead;
    private TaskCompletionSource _timerSet = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ManualClock()
        : this(new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero))
    {
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How much too early timers fire, as those of a coarse system clock do; half their time at most.</summary>
    public TimeSpan EarlyBy { get; set; }

    public int PendingTimers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count(timer => timer.DueAt is not null);
            }
        }
    }

    /// <summary>Time until the next timer fires, or null where none waits.</summary>
    public TimeSpan? NextTimerIn
    {
        get
        {
            lock (_lock)
            {
                return _timers.Min(timer => timer.DueAt) - _now;
            }
        }
    }

    /// <summary>Ends when the next timer is set.</summary>
    public Task TimerSet
    {
        get
        {
            lock (_lock)
            {
                return _timerSet.Task;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now + _ahead;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _now.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        lock (_lock)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on, firing each timer at its own instant; or back, where it is told a negative time.</summary>
    public void Advance(TimeSpan by)
    {
        var target = new DateTimeOffset(GetTimestamp(), TimeSpan.Zero) + by;
        while (NextDue(target) is { } due)
        {
            due.Fire();
        }

        lock (_lock)
        {
            _now = target > _now || by < TimeSpan.Zero ? target : _now; // another thread may have moved it further
        }
    }

    /// <summary>Sets the time of day without a moment passing, as a correction of the system's clock does: timers and timestamps go on as
    /// before.</summary>
    public void JumpTo(DateTimeOffset to)
    {
        lock (_lock)
        {
            _ahead = to - _now;
        }
    }

    private TimeSpan Early(TimeSpan dueTime) => EarlyBy < dueTime / 2 ? dueTime - EarlyBy : dueTime / 2;

    private void TellOfTimer()
    {
        var told = _timerSet;
        _timerSet = new(TaskCreationOptions.RunContinuationsAsynchronously);
        told.SetResult();
    }

    private ManualTimer? NextDue(DateTimeOffset target)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.DueAt <= target).MinBy(timer => timer.DueAt);
            if (next is not null)
            {
                _now = next.DueAt > _now ? next.DueAt.Value : _now;
                next.Rearm();
            }

            return next;
        }
    }

    private sealed class ManualTimer(ManualClock clock, Action callback) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset? DueAt { get; private set; }

        public void Fire() => callback();

        public void Rearm() => DueAt = _period > TimeSpan.Zero ? DueAt + _period : null;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var fireNow = dueTime == TimeSpan.Zero;
            lock (clock._lock)
            {
                _period = period == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : period;
                DueAt = dueTime == Timeout.InfiniteTimeSpan
                    ? null
                    : fireNow ? (_period > TimeSpan.Zero ? clock._now + _period : null) : clock._now + clock.Early(dueTime);
                clock.TellOfTimer();
            }

            if (fireNow)
            {
                callback();
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                DueAt = null;
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
