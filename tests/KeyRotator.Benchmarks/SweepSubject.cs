using KeyRotator.Configuration;
using KeyRotator.Hosting;
using KeyRotator.Ledger;
using KeyRotator.Rotation;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Validation;
using Microsoft.Extensions.Logging.Abstractions;

namespace KeyRotator.Benchmarks;

/// <summary>The real sweep over a <see cref="PreparedFolder"/>: as <c>check</c> runs it, rotations first, with a concurrency that can be
/// chosen.</summary>
internal sealed class SweepSubject : ISubject
{
    private static readonly TimeSpan s_betweenRounds = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_rotations = TimeSpan.FromMinutes(1);

    private readonly StateDatabase _state;
    private readonly PassRuntime _runtime;
    private readonly CheckPass _pass;
    private readonly SteppedClock _clock;
    private DateTimeOffset _startedAt;

    private SweepSubject(Settings settings, StateDatabase state, SteppedClock clock, int concurrency)
    {
        var stores = settings.Stores.ToDictionary(pair => pair.Key, pair => SecretStores.Create(pair.Value, clock));
        (_state, _clock) = (state, clock);
        _runtime = new PassRuntime(settings, state, stores, clock, NullLoggerFactory.Instance);
        var environment = _runtime.Environment with { Concurrency = concurrency };
        var findings = new FindingWriter(settings, _runtime.Inventory, state.InstallationId);
        _pass = new CheckPass(environment, findings, _runtime.Alerts, _runtime.Discovery);
    }

    public static async Task<ISubject> LoadAsync(BenchmarkOptions options)
    {
        var clock = new SteppedClock();
        var loaded = SettingsLoader.Load(PreparedFolder.ConfigurationIn(options.Text("folder")!), Environment.GetEnvironmentVariable);
        var settings = loaded.Settings ?? throw new InvalidOperationException(string.Join('\n', loaded.Faults));
        var state = await settings.Database.OpenAsync(clock, CancellationToken.None);
        return new SweepSubject(settings, state, clock, options.Concurrency);
    }

    public double CpuSeconds() => ProcessFigures.OwnCpuSeconds();

    public async Task RunAsync(int keys)
    {
        _clock.Step(s_betweenRounds);
        _startedAt = _clock.GetUtcNow();
        await new RotationRound(_runtime.Rotations, "check").RunAsync(s_rotations, CancellationToken.None);
        await PassAsync(keys);
    }

    /// <summary>Another pass right after one: no key is probed again.</summary>
    public Task RunAgainAsync() => PassAsync(_runtime.Settings.Keys.Count);

    private async Task PassAsync(int keys)
    {
        var chosen = keys == _runtime.Settings.Keys.Count ? null : _runtime.Settings.Keys.Take(keys).ToArray();
        var request = new CheckPassRequest(chosen, SendAlerts: false, IgnoreCadence: true);
        await _pass.RunAsync(request, new NoProgress(), CancellationToken.None);
    }

    public async Task<int> AcceptedAsync()
    {
        await using var transaction = await _state.BeginReadAsync(CancellationToken.None);
        var window = await KeyStatusWindow.ReadAsync(transaction, PreparedFolder.Provider, _startedAt, CancellationToken.None);
        return window.Accepted;
    }

    public async ValueTask DisposeAsync()
    {
        _runtime.Dispose();
        await _state.DisposeAsync();
    }

    private sealed class NoProgress : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value)
        {
        }
    }

    /// <summary>The system's clock, put on between rounds, or no key would be due again.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private TimeSpan _ahead;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;

        public void Step(TimeSpan by) => _ahead += by;
    }
}
