namespace KeyRotator.State.Postgres;

/// <summary>Counts how often a server was asked: over a network that is what a step costs.</summary>
internal sealed class RoundTrips
{
    private long _count;

    /// <summary>Since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>One more.</summary>
    public void Add() => Interlocked.Increment(ref _count);
}
