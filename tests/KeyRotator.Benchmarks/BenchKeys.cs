using System.Globalization;

namespace KeyRotator.Benchmarks;

/// <summary>Made-up keys that the stub provider takes. Every process makes them by number, so that none is handed over.</summary>
internal static class BenchKeys
{
    public const string Prefix = "sk-bench-";

    public static string Create(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D7}-made-up-for-a-benchmark");
}
