namespace KeyRotator.Demo;

/// <summary>The system's clock, set forward between the acts: a quarter of an hour passes at once, and everything that reads this clock
/// agrees on it.</summary>
/// <remarks>Timers are the system's own, so set it forward only while nothing waits.</remarks>
internal sealed class DemoClock : TimeProvider
{
    private long _aheadTicks;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    /// <inheritdoc />
    public override long GetTimestamp() => base.GetTimestamp() + (long)(Ahead.TotalSeconds * TimestampFrequency);

    /// <summary>Sets it forward.</summary>
    public void SetForward(TimeSpan by) => Interlocked.Add(ref _aheadTicks, by.Ticks);

    private TimeSpan Ahead => TimeSpan.FromTicks(Volatile.Read(ref _aheadTicks));
}
