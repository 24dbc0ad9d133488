using KeyRotator.Alerts;
using KeyRotator.Discovery;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KeyRotator.Tests.Simulation;

/// <summary>The checks of a fleet twice a day, and what must be told of keys that died where consumers read them.</summary>
internal sealed class FleetChecks(CheckEnvironment environment, ManualClock clock)
{
    // Four checks: the store or the way to the provider may fail in one or two.
    private static readonly TimeSpan s_within = TimeSpan.FromDays(2);
    private static readonly TimeSpan s_every = TimeSpan.FromHours(12);
    private readonly CheckPass _pass = PassOf(environment, clock);
    private readonly Dictionary<KeyId, DateTimeOffset> _deadSince = [];
    private DateTimeOffset _nextAt;

    /// <summary>How often which key died in its primary location.</summary>
    public Dictionary<KeyId, int> Lapses { get; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A check, where it is time. One that dies is begun anew the next time.</summary>
    public async Task RunAsync()
    {
        if (clock.GetUtcNow() >= _nextAt)
        {
            var request = new CheckPassRequest(environment.Settings.Keys, SendAlerts: false, IgnoreCadence: false);
            await Drive.UntilDone(_pass.RunAsync(request, new Progress<CheckProgress>(), Token), clock);
            _nextAt = clock.GetUtcNow() + s_every;
        }
    }

    /// <summary>Keys that are dead where consumers read them, and nobody was told in time.</summary>
    /// <param name="isDead">Whether a key's primary location holds a dead value.</param>
    /// <param name="seeingSince">Since when the provider tells the truth.</param>
    public async Task<IReadOnlyList<string>> UnheardAsync(Func<ManagedKey, bool> isDead, DateTimeOffset seeingSince)
    {
        var late = environment.Settings.Keys.Where(key => IsLate(key, isDead(key), seeingSince)).ToList();
        if (late.Count == 0)
        {
            return [];
        }

        await using var transaction = await environment.State.BeginReadAsync(Token);
        var told = (await FindingTable.OpenAsync(transaction, Token))
            .Where(finding => finding.Key.Reason is FindingReason.KeyRejected or FindingReason.KeyExpired)
            .Select(finding => finding.Key.Subject.Name).ToHashSet(StringComparer.Ordinal);
        var unheard = late.Select(key => key.Id).Where(id => !told.Contains(id.Value)).ToList();
        var statuses = await KeyStatusTable.LoadAsync(transaction, unheard, Token);
        return [.. unheard.Select(id => $"{id}: {statuses.GetValueOrDefault(id)}, dead since {_deadSince[id]:u}")];
    }

    private bool IsLate(ManagedKey key, bool isDead, DateTimeOffset seeingSince)
    {
        if (!isDead)
        {
            _deadSince.Remove(key.Id);
            return false;
        }

        if (_deadSince.TryAdd(key.Id, clock.GetUtcNow()))
        {
            Lapses[key.Id] = Lapses.GetValueOrDefault(key.Id) + 1;
        }

        return clock.GetUtcNow() - Later(_deadSince[key.Id], seeingSince) > s_within;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static CheckPass PassOf(CheckEnvironment environment, ManualClock clock)
    {
        var (settings, state) = (environment.Settings, environment.State);
        var findings = new FindingWriter(settings, environment.Inventories.Inventory, state.InstallationId);
        var dispatcher = new AlertDispatcher(
            state, new AlertInbox().Http.Invoker(), clock, new Random(7), NullLogger<AlertDispatcher>.Instance);
        var recorder = new DiscoveryRecorder(state, environment.Inventories.Inventory, findings, clock);
        var discovery = new KeyDiscovery(settings, environment.Stores, recorder, environment.Inventories);
        return new(environment, findings, new PassAlerts(state, settings, findings, dispatcher, clock), discovery);
    }
}
