using System.Globalization;
using KeyRotator.Configuration;
using KeyRotator.Hosting;
using KeyRotator.Keys;
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
    /// <summary>All keys: the first and only share.</summary>
    public const string Whole = "0/1";

    private static readonly TimeSpan s_betweenRounds = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_rotations = TimeSpan.FromMinutes(1);

    private readonly StateDatabase _state;
    private readonly PassRuntime _runtime;
    private readonly CheckPass _pass;
    private readonly SteppedClock _clock;
    private readonly ManagedKey[]? _share;
    private DateTimeOffset _startedAt;

    private SweepSubject(Settings settings, StateDatabase state, SteppedClock clock, BenchmarkOptions options)
    {
        _share = ShareOf(settings.Keys, options.Text("share") ?? Whole);
        var stores = settings.Stores.ToDictionary(pair => pair.Key, pair => SecretStores.Create(pair.Value, clock));
        (_state, _clock) = (state, clock);
        _runtime = new PassRuntime(settings, state, stores, clock, NullLoggerFactory.Instance);
        var environment = _runtime.Environment with { Concurrency = options.Concurrency };
        var findings = new FindingWriter(settings, _runtime.Inventory, state.InstallationId);
        _pass = new CheckPass(environment, findings, _runtime.Alerts, _runtime.Discovery);
    }

    public static async Task<ISubject> LoadAsync(BenchmarkOptions options)
    {
        var clock = new SteppedClock();
        var loaded = SettingsLoader.Load(PreparedFolder.ConfigurationIn(options.Text("folder")!), Environment.GetEnvironmentVariable);
        var settings = loaded.Settings ?? throw new InvalidOperationException(string.Join('\n', loaded.Faults));
        var state = await settings.Database.OpenAsync(clock, CancellationToken.None);
        return new SweepSubject(settings, state, clock, options);
    }

    public long RoundTrips => _state.RoundTrips;

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

    private static ManagedKey[]? ShareOf(IReadOnlyList<ManagedKey> keys, string share)
    {
        var parts = share.Split('/').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return parts[1] == 1 ? null : [.. keys.Where((_, index) => index % parts[1] == parts[0])];
    }

    private async Task PassAsync(int keys)
    {
        var chosen = _share ?? (keys == _runtime.Settings.Keys.Count ? null : _runtime.Settings.Keys.Take(keys).ToArray());
        var request = new CheckPassRequest(chosen, SendAlerts: false, IgnoreCadence: true);
        await _pass.RunAsync(request, new NoProgress(), CancellationToken.None);
    }

    public async Task<int> AcceptedAsync()
    {
        await using var transaction = await _state.BeginReadAsync(CancellationToken.None);
        var since = _startedAt - TimeSpan.FromMinutes(1); // others that share the work may have begun earlier
        var window = await KeyStatusWindow.ReadAsync(transaction, PreparedFolder.Provider, since, CancellationToken.None);
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
