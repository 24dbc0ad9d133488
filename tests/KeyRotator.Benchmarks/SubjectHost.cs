using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace KeyRotator.Benchmarks;

/// <summary>The process that a subject runs in: it loads, says so, and runs one round for every number of keys that it reads.</summary>
internal static class SubjectHost
{
    public const string Verb = "--subject";

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        await using var subject = await LoaderOf(options.Text("name")!)(options);
        var peak = ProcessFigures.PeakKiB();
        GC.Collect();
        Report(new RoundFigures { PeakKiB = peak, ResidentKiB = ProcessFigures.ResidentKiB() });
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Report(await MeasureAsync(subject, int.Parse(line, CultureInfo.InvariantCulture)));
        }

        return 0;
    }

    private static Func<BenchmarkOptions, Task<ISubject>> LoaderOf(string name) =>
        Subjects.Loaders.GetValueOrDefault(name) ?? RotationsBenchmark.Loaders.GetValueOrDefault(name) ?? StoreSubject.Loaders[name];

    private static async Task<RoundFigures> MeasureAsync(ISubject subject, int keys)
    {
        ProcessFigures.ResetPeak();
        var (cpu, trips) = (subject.CpuSeconds(), subject.RoundTrips);
        var watch = Stopwatch.StartNew();
        await subject.RunAsync(keys);
        watch.Stop();
        var (cpuSeconds, peak, resident) = (subject.CpuSeconds() - cpu, ProcessFigures.PeakKiB(), ProcessFigures.ResidentKiB());
        trips = subject.RoundTrips - trips;
        return new RoundFigures
        {
            Keys = keys,
            Accepted = await subject.AcceptedAsync(),
            Seconds = watch.Elapsed.TotalSeconds,
            CpuSeconds = cpuSeconds,
            PeakKiB = peak,
            ResidentKiB = resident,
            RoundTrips = trips,
        };
    }

    private static void Report(RoundFigures figures) => Console.WriteLine(JsonSerializer.Serialize(figures));
}
