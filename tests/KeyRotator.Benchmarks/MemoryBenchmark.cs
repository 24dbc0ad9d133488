namespace KeyRotator.Benchmarks;

/// <summary>What the inventory needs, and what a sweep of it adds.</summary>
/// <remarks>Wanted at 100,000 keys: at most 400 MiB in all, 64 MiB of it the sweep's.</remarks>
internal static class MemoryBenchmark
{
    private const int Sweeps = 3;

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var keys = options.Number("keys", 100_000);
        using var folder = new ScratchFolder();
        await using var stub = ChildProgram.Self("stub", "--models", $"{options.Models}");
        var url = await stub.ReadLineAsync();
        await PreparedFolder.CreateAsync(folder.Path, url, keys);
        await using var sweep = await Subjects.StartAsync(Subjects.Sweep, url, folder.Path, keys, options.Concurrency);
        var (peak, loaded) = (sweep.Loaded.PeakKiB, sweep.Loaded.ResidentKiB);
        Console.WriteLine($"{keys} keys: {MiB(peak)} MiB at most while loading, {MiB(loaded)} MiB once loaded");
        for (var number = 1; number <= Sweeps; number++)
        {
            var round = await sweep.Program.RoundAsync(keys);
            var added = round.PeakKiB - loaded;
            Console.WriteLine($"sweep {number}: {MiB(round.PeakKiB)} MiB at most, {MiB(added)} MiB added; {round.PerSecond:F0} checks/s");
        }

        return 0;
    }

    private static long MiB(long kiB) => kiB / 1024;
}
