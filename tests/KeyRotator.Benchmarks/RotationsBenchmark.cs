using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Secrets;
using KeyRotator.State;

namespace KeyRotator.Benchmarks;

/// <summary>What a rotation costs beside its calls, what a step of its journal costs, and what open rotations cost a check.</summary>
internal static class RotationsBenchmark
{
    private const string Rotate = "rotate";
    private const string Proof = "proof";
    private const string Quiet = "none open";
    private const string Busy = "all open";
    private const int Steps = 2_000;

    /// <summary>The subjects, by name.</summary>
    public static IReadOnlyDictionary<string, Func<BenchmarkOptions, Task<ISubject>>> Loaders { get; } =
        new Dictionary<string, Func<BenchmarkOptions, Task<ISubject>>>
        {
            [Rotate] = RotationSubject.LoadAsync,
            [Proof] = options => Task.FromResult<ISubject>(new ProofSubject(options.Text("url")!, options.Concurrency)),
        };

    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        await using var stub = ChildProgram.Self("stub", "--models", $"{options.Models}");
        var url = await stub.ReadLineAsync();
        var (keys, open) = (options.Number("keys", 1_000), options.Number("open", 10_000));
        Console.WriteLine($"{Environment.ProcessorCount} cores, {options.Concurrency} at a time");
        Console.WriteLine($"\n{keys} rotations in parallel, two locations each");
        var isWhole = await MeasureRotationsAsync(options, url, keys);
        Console.WriteLine("\none step of a journal, with audit and findings, alone");
        await MeasureStepsAsync(options, url);
        Console.WriteLine($"\na check of {open} keys, and one in which each has a rotation in its overlap");
        return await MeasureOverlapsAsync(options, url, open) && isWhole ? 0 : 1;
    }

    private static async Task<bool> MeasureRotationsAsync(BenchmarkOptions options, string url, int keys)
    {
        using var folder = new ScratchFolder();
        await using var rotate = await Subjects.StartAsync(Rotate, url, folder.Path, keys, options.Concurrency);
        await using var proof = await Subjects.StartAsync(Proof, url, folder.Path, keys, options.Concurrency);
        var rounds = await TakeTurnsAsync(new() { [Rotate] = rotate, [Proof] = proof }, keys, options.Number("rounds", 5));
        var own = Cpu(rounds[Rotate]) - Cpu(rounds[Proof]);
        Console.WriteLine(
            $"a rotation's own CPU: {own / 1000:F2} ms; time, rotate / proof: {Time(rounds[Rotate]) / Time(rounds[Proof]):F2}");
        return rounds.Values.SelectMany(each => each).All(round => round.Accepted == round.Keys);
    }

    private static async Task MeasureStepsAsync(BenchmarkOptions options, string url)
    {
        using var folder = new ScratchFolder();
        var given = BenchmarkOptions.Parse(["--folder", folder.Path, "--url", url, "--keys", "1"])!;
        await using var subject = (RotationSubject)await RotationSubject.LoadAsync(given);
        var times = (await subject.RecordAsync(options.Number("steps", Steps))).Order().ToList();
        Console.WriteLine(
            $"median {times[times.Count / 2]:F0} us, 99 of 100 within {times[times.Count * 99 / 100]:F0} us, most {times[^1]:F0} us");
    }

    private static async Task<bool> MeasureOverlapsAsync(BenchmarkOptions options, string url, int keys)
    {
        using var quiet = new ScratchFolder();
        using var busy = new ScratchFolder();
        await PreparedFolder.CreateAsync(quiet.Path, url, keys);
        await PreparedFolder.CreateAsync(busy.Path, url, keys);
        await OpenAllAsync(busy.Path);
        await using var without = await Subjects.StartAsync(Subjects.Sweep, url, quiet.Path, keys, options.Concurrency);
        await using var with = await Subjects.StartAsync(Subjects.Sweep, url, busy.Path, keys, options.Concurrency);
        var rounds = await TakeTurnsAsync(new() { [Quiet] = without, [Busy] = with }, keys, options.Number("rounds", 5));
        Console.WriteLine(
            $"{Busy} / {Quiet}: time {Time(rounds[Busy]) / Time(rounds[Quiet]):F2}, CPU {Cpu(rounds[Busy]) / Cpu(rounds[Quiet]):F2}");
        return rounds.Values.SelectMany(each => each).All(round => round.Accepted == round.Keys);
    }

    private static async Task<Dictionary<string, List<RoundFigures>>> TakeTurnsAsync(
        Dictionary<string, LoadedSubject> subjects, int keys, int rounds)
    {
        var figures = subjects.Keys.ToDictionary(name => name, _ => new List<RoundFigures>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (name, subject) in subjects)
            {
                var measured = await subject.Program.RoundAsync(keys);
                if (round > 0) // The first warms up.
                {
                    figures[name].Add(measured);
                }
            }
        }

        foreach (var (name, measured) in figures)
        {
            var lost = measured.Sum(round => round.Keys - round.Accepted);
            Console.WriteLine(
                $"{name,-10}{1 / Time(measured),8:F0} a second ({measured.Min(each => each.PerSecond):F0} to "
                + $"{measured.Max(each => each.PerSecond):F0}), {Cpu(measured):F0} us CPU each, {lost} lost");
        }

        return figures;
    }

    // Every key is in its overlap: nothing is to be done for a month.
    private static async Task OpenAllAsync(string folder)
    {
        var settings = SettingsLoader.Load(PreparedFolder.ConfigurationIn(folder), Environment.GetEnvironmentVariable).Settings!;
        await using var state = await settings.Database.OpenAsync(TimeProvider.System, CancellationToken.None);
        await using var transaction = await state.BeginWriteAsync(CancellationToken.None);
        var now = DateTimeOffset.UtcNow;
        foreach (var (key, number) in settings.Keys.Select((key, index) => (key, index + 1)))
        {
            var live = new KeyRotation
            {
                Uid = Guid.NewGuid(),
                KeyId = key.Id,
                Phase = RotationPhase.Overlap,
                Actor = "operator@bench",
                SubmittedAt = now,
                OldFingerprint = state.Fingerprinter.Of(new SecretValue($"{BenchKeys.Create(number)}-old")),
                NewFingerprint = state.Fingerprinter.Of(new SecretValue(BenchKeys.Create(number))),
                Grace = TimeSpan.FromDays(30),
                ProvenAt = now,
                LiveAt = now,
                NextAt = now + TimeSpan.FromDays(30),
                Locations = [.. key.Locations.Index().Select(place => new RotationLocation
                {
                    Ordinal = place.Index,
                    Location = place.Item,
                    Step = LocationStep.Done,
                    Before = state.Fingerprinter.Of(new SecretValue($"{BenchKeys.Create(number)}-old")),
                })],
            };
            await RotationTable.OpenAsync(transaction, live, DateTimeOffset.UnixEpoch, CancellationToken.None);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    private static double Time(List<RoundFigures> rounds) => Statistics.Median(rounds.Select(round => round.Seconds / round.Keys));

    private static double Cpu(List<RoundFigures> rounds) => Statistics.Median(rounds.Select(round => round.CpuMicroseconds));
}
