namespace KeyRotator.Tests.Support;

/// <summary>Seeded numbers that many threads may draw.</summary>
internal sealed class LockedRandom(int seed) : Random
{
    private readonly Lock _lock = new();
    private readonly Random _numbers = new(seed);

    public override int Next() => Next(0, int.MaxValue);

    public override int Next(int maxValue) => Next(0, maxValue);

    public override int Next(int minValue, int maxValue)
    {
        lock (_lock)
        {
            return _numbers.Next(minValue, maxValue);
        }
    }

    public override double NextDouble()
    {
        lock (_lock)
        {
            return _numbers.NextDouble();
        }
    }

    protected override double Sample() => NextDouble();
}
