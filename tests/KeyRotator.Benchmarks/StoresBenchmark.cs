using System.Globalization;

namespace KeyRotator.Benchmarks;

/// <summary>What reading stores takes: calls a key, time, CPU and memory; AWS beside boto3, by the same call of the same stub.</summary>
internal static class StoresBenchmark
{
    private const string Aws = "aws";
    private const string Boto = "boto3";

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var keys = options.Number("keys", 5_000);
        await using var stub = ChildProgram.Self(StoreStub.Verb, "--keys", $"{keys}");
        var url = await stub.ReadLineAsync();
        using var calls = new CallCounter(url);
        Console.WriteLine($"{keys} keys, {Environment.ProcessorCount} cores");
        var isWhole = await MeasureReadsAsync(options, url, keys, calls);
        await MeasurePassesAsync(url, keys, calls);
        return isWhole ? 0 : 1;
    }

    private static async Task<bool> MeasureReadsAsync(BenchmarkOptions options, string url, int keys, CallCounter calls)
    {
        var subjects = new Dictionary<string, ChildProgram>();
        try
        {
            foreach (var name in StoreSubject.Loaders.Keys.Append(Boto))
            {
                subjects[name] = name == Boto
                    ? ChildProgram.Start(
                        options.Text("python") ?? "python3", [Path.Combine(AppContext.BaseDirectory, "batch_get.py"), url])
                    : ChildProgram.Self(SubjectHost.Verb, "--name", name, "--url", url);
                await subjects[name].ReadFiguresAsync();
            }

            var measured = subjects.Keys.ToDictionary(name => name, _ => new List<RoundFigures>());
            for (var round = 0; round <= options.Number("rounds", 7); round++)
            {
                foreach (var (name, subject) in subjects)
                {
                    var before = await calls.ReadAsync();
                    var figures = await subject.RoundAsync(keys);
                    calls.PerKey[name] = (double)(await calls.ReadAsync() - before) / keys;
                    if (round > 0) // The first warms up.
                    {
                        measured[name].Add(figures);
                    }
                }
            }

            Print(measured, calls);
            return measured.Values.SelectMany(each => each).All(round => round.Accepted == round.Keys);
        }
        finally
        {
            foreach (var subject in subjects.Values)
            {
                await subject.DisposeAsync();
            }
        }
    }

    private static void Print(Dictionary<string, List<RoundFigures>> measured, CallCounter calls)
    {
        Console.WriteLine($"{"",-8}{"keys/s",10}{"least",10}{"most",10}{"CPU us each",13}{"peak MiB",10}{"calls each",12}{"lost",6}");
        foreach (var (name, rounds) in measured)
        {
            var (least, most) = (rounds.Min(round => round.PerSecond), rounds.Max(round => round.PerSecond));
            var (cpu, peak) = (CpuOf(rounds), rounds.Max(round => round.PeakKiB) / 1024);
            var lost = rounds.Sum(round => round.Keys - round.Accepted);
            Console.WriteLine(
                $"{name,-8}{RateOf(rounds),10:F0}{least,10:F0}{most,10:F0}{cpu,13:F1}{peak,10}{calls.PerKey[name],12:F4}{lost,6}");
        }

        var (ours, theirs) = (measured[Aws], measured[Boto]);
        Console.WriteLine($"rate, aws / boto3: {RateOf(ours) / RateOf(theirs):F2} (wanted: 3)");
        Console.WriteLine($"CPU a key, boto3 / aws: {CpuOf(theirs) / CpuOf(ours):F2}");
    }

    private static async Task MeasurePassesAsync(string url, int keys, CallCounter calls)
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "made-up-for-a-benchmark");
        using var folder = new ScratchFolder();
        await using var vendor = ChildProgram.Self("stub");
        await StoreFolder.WriteAsync(folder.Path, await vendor.ReadLineAsync(), url, keys);
        var options = BenchmarkOptions.Parse(["--folder", folder.Path])!;
        await using var sweep = (SweepSubject)await SweepSubject.LoadAsync(options);
        var before = await calls.ReadAsync();
        await sweep.RunAsync(keys);
        var probed = await calls.ReadAsync() - before;
        await sweep.RunAgainAsync();
        var rested = await calls.ReadAsync() - before - probed;
        Console.WriteLine($"aws, a pass in which every key is probed: {(double)probed / keys:F4} calls a key (wanted: 0.06)");
        Console.WriteLine($"aws, a pass right after it, nothing changed: {(double)rested / keys:F4} calls a key (wanted: 0.011)");
        Console.WriteLine($"accepted: {await sweep.AcceptedAsync()} of {keys}");
    }

    private static double RateOf(List<RoundFigures> rounds) => Statistics.Median(rounds.Select(round => round.PerSecond));

    private static double CpuOf(List<RoundFigures> rounds) => Statistics.Median(rounds.Select(round => round.CpuMicroseconds));

    // Asks the stub how often it was asked.
    private sealed class CallCounter(string url) : IDisposable
    {
        private readonly HttpClient _http = new();

        public Dictionary<string, double> PerKey { get; } = [];

        public async Task<int> ReadAsync() => int.Parse(await _http.GetStringAsync(url + "/calls"), CultureInfo.InvariantCulture);

        public void Dispose() => _http.Dispose();
    }
}
