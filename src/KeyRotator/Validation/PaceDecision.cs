namespace KeyRotator.Validation;

/// <summary>When the next probe of an instance may start. Pure.</summary>
/// <remarks>Times are spans on a clock that only runs forward: setting the system's clock changes nothing.</remarks>
/// <param name="StartAt">When this one may start.</param>
/// <param name="NextAt">When the one after it may start at the earliest.</param>
internal readonly record struct PaceDecision(TimeSpan StartAt, TimeSpan NextAt)
{
    /// <summary>Starts are at least an interval apart and outside every pause. An idle time earns no burst.</summary>
    public static PaceDecision For(TimeSpan now, TimeSpan nextAt, TimeSpan pausedUntil, TimeSpan interval)
    {
        var startAt = TimeSpan.FromTicks(Math.Max(now.Ticks, Math.Max(nextAt.Ticks, pausedUntil.Ticks)));
        return new(startAt, startAt + interval);
    }
}
