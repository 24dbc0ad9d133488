namespace KeyRotator.Benchmarks;

/// <summary>Something that checks keys against the stub provider.</summary>
internal interface ISubject : IAsyncDisposable
{
    /// <summary>CPU used so far.</summary>
    double CpuSeconds();

    /// <summary>How often the database was asked over a network so far.</summary>
    long RoundTrips => 0;

    /// <summary>Checks the first so many keys once each. This is what is measured.</summary>
    Task RunAsync(int keys);

    /// <summary>How many keys the provider took in the last round.</summary>
    Task<int> AcceptedAsync();
}

/// <summary>The subjects. Those that are programs of ours are run by <see cref="SubjectHost"/>; Node's is <c>fetch.mjs</c>.</summary>
internal static class Subjects
{
    public const string Sweep = "sweep";
    public const string Curl = "curl";
    public const string Node = "node";

    /// <summary>What loads each: whatever it needs before its first check. Options are url, folder (a <see cref="PreparedFolder"/>), keys
    /// and concurrency.</summary>
    public static IReadOnlyDictionary<string, Func<BenchmarkOptions, Task<ISubject>>> Loaders { get; } =
        new Dictionary<string, Func<BenchmarkOptions, Task<ISubject>>>
        {
            ["bare"] = options => Task.FromResult<ISubject>(new BareSubject(options.Text("url")!, options.Concurrency)),
            [Sweep] = SweepSubject.LoadAsync,
            [Curl] = options => Task.FromResult<ISubject>(new CurlSubject(options.Text("url")!, options.Concurrency)),
        };

    /// <summary>Starts a subject's process and waits until it has loaded.</summary>
    public static async Task<LoadedSubject> StartAsync(
        string name, string url, string folder, int keys, int concurrency, string share = SweepSubject.Whole)
    {
        var program = name == Node
            ? ChildProgram.Start("node", [Path.Combine(AppContext.BaseDirectory, "fetch.mjs"), url, $"{concurrency}"])
            : ChildProgram.Self(
                SubjectHost.Verb, "--name", name, "--url", url, "--folder", folder, "--keys", $"{keys}", "--concurrency", $"{concurrency}",
                "--share", share);
        return new LoadedSubject(program, await program.ReadFiguresAsync());
    }
}

/// <summary>A subject's process, and what loading took.</summary>
internal sealed record LoadedSubject(ChildProgram Program, RoundFigures Loaded) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Program.DisposeAsync();
}
