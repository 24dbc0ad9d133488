using System.Diagnostics;

namespace KeyRotator.Benchmarks;

/// <summary>Wall time of <c>check</c> of one key beside a bare program that opens a database and makes one call.</summary>
/// <remarks>Wanted: at most 3 times as long.</remarks>
internal static class StartBenchmark
{
    private const string KeyVariable = "BENCH_API_KEY";

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        using var folder = new ScratchFolder();
        await using var stub = ChildProgram.Self("stub", "--models", $"{options.Models}");
        var url = await stub.ReadLineAsync();
        var keyrotator = options.Text("keyrotator") ?? await PublishAsync("src/KeyRotator", folder.Path, "keyrotator");
        var bare = options.Text("bare") ?? await PublishAsync("tests/KeyRotator.Benchmarks.Bare", folder.Path, "bare");
        var rounds = options.Number("rounds", 20);
        var configuration = await ConfigureAsync(folder.Path, url, rounds + 1);
        string[] call = [Path.Combine(folder.Path, "bare.db"), url + "/models"];
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            // Another key each time: one that was probed a moment ago would not be asked again.
            string[] check = ["check", NameOf(round), "--config", configuration, "-o", "json"];
            var (one, other) = (await TimeAsync(keyrotator, check, round), await TimeAsync(bare, call, round));
            if (round > 0) // The first makes both databases and puts the negative control on record.
            {
                ours.Add(one);
                theirs.Add(other);
            }
        }

        Print("check", ours);
        Print("bare", theirs);
        Console.WriteLine($"check / bare: {Statistics.Median(ours) / Statistics.Median(theirs):F2} (wanted: at most 3)");
        return 0;
    }

    private static string NameOf(int round) => $"key-{round}";

    private static string Entry(int round) => $"{{ provider: stub, locations: [{{ store: env, name: {KeyVariable}_{round} }}] }}";

    private static async Task<string> ConfigureAsync(string folder, string url, int keys)
    {
        var path = PreparedFolder.ConfigurationIn(folder);
        await File.WriteAllTextAsync(path, $$"""
            database: sqlite:keyrotator.db
            stores:
              env: { kind: env }
            providers:
              stub: { kind: openai-compatible, baseUrl: "{{url}}" }
            keys:
            {{string.Join('\n', Enumerable.Range(0, keys).Select(key => $"  {NameOf(key)}: {Entry(key)}"))}}
            """);
        return path;
    }

    private static void Print(string name, List<double> times) =>
        Console.WriteLine($"{name,-8}{Statistics.Median(times),8:F0} ms  ({times.Min():F0} to {times.Max():F0})");

    private static async Task<string> PublishAsync(string project, string folder, string name)
    {
        var target = Path.Combine(folder, name);
        string[] arguments =
        [
            "publish", project, "-c", "Release", "-r", "linux-x64", "--self-contained", "false", "-p:PublishReadyToRun=true",
            "-v", "q", "-o", target,
        ];
        await RunAsync("dotnet", arguments, 0);
        return Path.Combine(target, name);
    }

    private static async Task<double> TimeAsync(string program, string[] arguments, int round)
    {
        var watch = Stopwatch.StartNew();
        await RunAsync(program, arguments, round);
        return watch.Elapsed.TotalMilliseconds;
    }

    private static async Task RunAsync(string program, string[] arguments, int round)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        foreach (var name in (string[])[KeyVariable, $"{KeyVariable}_{round}"])
        {
            start.Environment[name] = BenchKeys.Create(round);
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {output}");
        }
    }
}
