namespace KeyRotator.Findings;

/// <summary>Decisions that hold from one time to another, and never for longer than that.</summary>
internal static class TimeLimit
{
    /// <summary>How far the clocks of two machines may be apart: a decision made that little ahead of this clock holds.</summary>
    public static TimeSpan Skew { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether it holds now. Where the clock was set back to before it was made it is over: it would last for longer than was
    /// said.</summary>
    public static bool Holds(DateTimeOffset since, DateTimeOffset until, DateTimeOffset now) => since - Skew <= now && now < until;
}
