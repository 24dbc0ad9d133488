namespace KeyRotator.Benchmarks;

/// <summary>The sweep beside a bare loop, curl and Node: one stub, the same concurrency, rounds in turn, medians.</summary>
internal static class SweepBenchmark
{
    private const int MostForCurl = 2_000;

    private static readonly (string Other, double Target)[] s_targets = [("bare", 0.6), (Subjects.Curl, 30), (Subjects.Node, 2)];

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var keys = options.Number("keys", 20_000);
        using var folder = new ScratchFolder();
        await using var stub = ChildProgram.Self("stub", "--models", $"{options.Models}");
        var url = await stub.ReadLineAsync();
        await PreparedFolder.CreateAsync(folder.Path, url, keys);
        var subjects = new Dictionary<string, LoadedSubject>();
        try
        {
            foreach (var name in Names(options))
            {
                subjects[name] = await Subjects.StartAsync(name, url, folder.Path, keys, options.Concurrency);
            }

            var rounds = await MeasureAsync(subjects, keys, options.Number("rounds", 5));
            Console.WriteLine($"{keys} keys, {options.Concurrency} at a time, {options.Models} models, {Environment.ProcessorCount} cores");
            Print(rounds);
            return rounds.Values.SelectMany(each => each).All(round => round.Accepted == round.Keys) ? 0 : 1;
        }
        finally
        {
            foreach (var subject in subjects.Values)
            {
                await subject.DisposeAsync();
            }
        }
    }

    private static IEnumerable<string> Names(BenchmarkOptions options)
    {
        var wanted = options.Text("only")?.Split(',');
        var known = IsThere("node") ? Subjects.Loaders.Keys.Append(Subjects.Node) : Subjects.Loaders.Keys;
        return known.Where(name => wanted is null || wanted.Contains(name));
    }

    private static bool IsThere(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return folders.Any(folder => File.Exists(Path.Combine(folder, program)));
    }

    private static async Task<Dictionary<string, List<RoundFigures>>> MeasureAsync(
        Dictionary<string, LoadedSubject> subjects, int keys, int rounds)
    {
        var figures = subjects.Keys.ToDictionary(name => name, _ => new List<RoundFigures>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (name, subject) in subjects)
            {
                var measured = await subject.Program.RoundAsync(name == Subjects.Curl ? Math.Min(keys, MostForCurl) : keys);
                await Console.Error.WriteLineAsync($"round {round} {name}: {measured.PerSecond:F0}/s");
                if (round > 0) // The first warms up.
                {
                    figures[name].Add(measured);
                }
            }
        }

        return figures;
    }

    private static void Print(Dictionary<string, List<RoundFigures>> figures)
    {
        Console.WriteLine($"{"",-8}{"checks/s",10}{"least",10}{"most",10}{"CPU us each",13}{"peak MiB",10}{"refused",9}");
        foreach (var (name, rounds) in figures)
        {
            var (least, most) = (rounds.Min(round => round.PerSecond), rounds.Max(round => round.PerSecond));
            var cpu = Statistics.Median(rounds.Select(round => round.CpuMicroseconds));
            var refused = rounds.Sum(round => round.Keys - round.Accepted);
            Console.WriteLine($"{name,-8}{Rate(rounds),10:F0}{least,10:F0}{most,10:F0}{cpu,13:F0}{Peak(name, rounds),10}{refused,9}");
        }

        foreach (var (other, target) in s_targets)
        {
            if (figures.TryGetValue(Subjects.Sweep, out var sweep) && figures.TryGetValue(other, out var rounds))
            {
                Console.WriteLine($"sweep / {other}: {Rate(sweep) / Rate(rounds):F2} (wanted: {target})");
            }
        }
    }

    private static double Rate(List<RoundFigures> rounds) => Statistics.Median(rounds.Select(round => round.PerSecond));

    // The memory of the process that hosts xargs says nothing about its curls.
    private static string Peak(string name, List<RoundFigures> rounds) =>
        name == Subjects.Curl ? "-" : $"{rounds.Max(round => round.PeakKiB) / 1024}";
}
