namespace KeyRotator.Benchmarks;

internal static class Statistics
{
    public static double Median(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
