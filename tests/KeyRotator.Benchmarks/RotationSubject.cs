using System.Globalization;
using KeyRotator.Configuration;
using KeyRotator.Hosting;
using KeyRotator.Ledger;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace KeyRotator.Benchmarks;

/// <summary>Rotates keys that stand in two stores in memory, from the hand-in until they are live: what is left is the provider's two
/// calls and the rotation's own cost.</summary>
internal sealed class RotationSubject : ISubject
{
    private const int Step = 1_000_000;
    private readonly MemoryStore[] _stores = [new("first"), new("second")];
    private readonly StateDatabase _state;
    private readonly PassRuntime _runtime;
    private readonly int _concurrency;
    private int _round;
    private int _keys;

    private RotationSubject(Settings settings, StateDatabase state, int concurrency)
    {
        (_state, _concurrency) = (state, concurrency);
        var stores = _stores.ToDictionary(store => store.Name, ISecretStore (store) => store);
        _runtime = new PassRuntime(settings, state, stores, TimeProvider.System, NullLoggerFactory.Instance);
        foreach (var (key, number) in settings.Keys.Select((key, index) => (key, index + 1)))
        {
            Array.ForEach(_stores, store => store.Put(key.Primary.Name, Value(number)));
        }
    }

    private RotationDesk Desk => _runtime.Rotations;

    public static async Task<ISubject> LoadAsync(BenchmarkOptions options)
    {
        var folder = options.Text("folder")!;
        await WriteAsync(folder, options.Text("url")!, options.Number("keys", 0));
        var loaded = SettingsLoader.Load(PreparedFolder.ConfigurationIn(folder), Environment.GetEnvironmentVariable);
        var settings = loaded.Settings ?? throw new InvalidOperationException(string.Join('\n', loaded.Faults));
        var state = await settings.Database.OpenAsync(TimeProvider.System, CancellationToken.None);
        return new RotationSubject(settings, state, options.Concurrency);
    }

    public double CpuSeconds() => ProcessFigures.OwnCpuSeconds();

    public Task RunAsync(int keys)
    {
        _round++;
        _keys = keys;
        var options = new ParallelOptions { MaxDegreeOfParallelism = _concurrency };
        return Parallel.ForAsync(1, keys + 1, options, async (number, cancellationToken) =>
        {
            var journal = await OpenAsync(number, cancellationToken);
            var runner = new RotationRunner(Desk, journal) { StopsWhenLive = true };
            await runner.CarryOnAsync(new SecretValue(Value(number)), TimeSpan.FromMinutes(1), cancellationToken);
            await journal.ReleaseAsync(cancellationToken);
        });
    }

    /// <summary>How many are live, in both stores and in the journal. Ends them, so that the next round may begin.</summary>
    public async Task<int> AcceptedAsync()
    {
        var written = Enumerable.Range(1, _keys).Count(number => _stores.All(store => store[StoreFolder.Name(number)] == Value(number)));
        await using var transaction = await _state.BeginWriteAsync(CancellationToken.None);
        var live = await transaction
            .Prepare("UPDATE rotation SET ended_at = 1, phase = 'Completed' WHERE ended_at IS NULL AND phase = 'Overlap'")
            .ExecuteAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return Math.Min(written, live);
    }

    /// <summary>Records one step of one rotation again and again, one at a time. The rotation stays open.</summary>
    /// <returns>What each took, in microseconds; the first tenth of them warms up and is left out.</returns>
    public async Task<IReadOnlyList<double>> RecordAsync(int steps)
    {
        _round++;
        var journal = await OpenAsync(1, CancellationToken.None);
        var times = new List<double>(steps);
        for (var step = 0; step < steps * 11 / 10; step++)
        {
            var startedAt = TimeProvider.System.GetTimestamp();
            await journal.SaveAsync(journal.Rotation with { NextAt = DateTimeOffset.UtcNow }, "A step.", CancellationToken.None);
            times.Add(TimeProvider.System.GetElapsedTime(startedAt).TotalMicroseconds);
        }

        await journal.ReleaseAsync(CancellationToken.None);
        return times[(steps / 10)..];
    }

    public async ValueTask DisposeAsync()
    {
        _runtime.Dispose();
        await _state.DisposeAsync();
    }

    private Task<RotationJournal> OpenAsync(int number, CancellationToken cancellationToken)
    {
        var request = new RotationRequest { Key = _runtime.Settings.Keys[number - 1], Actor = "operator@bench" };
        return new RotationOffice(Desk).OpenAsync(request, new SecretValue(Value(number)), cancellationToken);
    }

    private string Value(int number) => BenchKeys.Create(number + (_round * Step));

    private static async Task WriteAsync(string folder, string url, int keys)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        await text.WriteAsync($$"""
            database: sqlite:keyrotator.db
            stores:
              first: { kind: file, path: first.enc, passphrase: made-up-for-a-benchmark }
              second: { kind: file, path: second.enc, passphrase: made-up-for-a-benchmark }
            providers:
              {{PreparedFolder.Provider}}: { kind: openai-compatible, baseUrl: "{{url}}" }
            keys:

            """);
        foreach (var name in Enumerable.Range(1, keys).Select(StoreFolder.Name))
        {
            var places = $"[{{ store: first, name: {name} }}, {{ store: second, name: {name} }}]";
            await text.WriteLineAsync($"  {name}: {{ provider: {PreparedFolder.Provider}, locations: {places} }}");
        }

        await File.WriteAllTextAsync(PreparedFolder.ConfigurationIn(folder), text.ToString());
    }
}
