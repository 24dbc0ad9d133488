namespace KeyRotator.Rotation;

/// <summary>How long a failing location is left alone. Pure; the random part is handed in.</summary>
internal static class BackOff
{
    /// <summary>After the first failure.</summary>
    public static TimeSpan First { get; } = TimeSpan.FromSeconds(5);

    /// <summary>After many.</summary>
    public static TimeSpan Most { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Doubles with each failure up to <see cref="Most"/>; up to a quarter longer by chance.</summary>
    /// <param name="failures">Failures before this one, from 0.</param>
    /// <param name="random">For the chance.</param>
    public static TimeSpan After(int failures, Random random)
    {
        var wait = First * Math.Pow(2, Math.Min(failures, 10));
        return (wait < Most ? wait : Most) * (1 + (random.NextDouble() / 4));
    }
}
