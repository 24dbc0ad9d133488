using System.Text.Json.Serialization;

namespace KeyRotator.Benchmarks;

/// <summary>What a subject says of one round; of its loading, where there are no keys.</summary>
internal sealed record RoundFigures
{
    public int Keys { get; init; }

    /// <summary>Keys that the provider took: all of them, or the round is void.</summary>
    public int Accepted { get; init; }

    public double Seconds { get; init; }

    public double CpuSeconds { get; init; }

    /// <summary>Most memory since the round began.</summary>
    public long PeakKiB { get; init; }

    public long ResidentKiB { get; init; }

    /// <summary>How often the database was asked over a network.</summary>
    public long RoundTrips { get; init; }

    [JsonIgnore]
    public double PerSecond => Keys / Seconds;

    [JsonIgnore]
    public double CpuMicroseconds => CpuSeconds / Keys * 1e6;
}
