using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Discovery;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Validation;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KeyRotator.Tests.Support;

/// <summary>A whole installation in memory: inventory, stores, vendor, receiver, database and clock. Passes run as in production.</summary>
internal sealed class PassWorld : IAsyncDisposable
{
    private static readonly ProviderInstance s_gate = A.Instance(
        "openai-compatible", new Uri("https://llm.example/v1")) with
    { Name = "gate" };
    private readonly List<ManagedKey> _keys = [];
    private Parts? _parts;
    private ProviderInstance _gate = s_gate;
    private DiscoverSettings? _discover;

    private PassWorld(StateDatabase state, ManualClock clock) => (State, Clock) = (state, clock);

    /// <summary>Time before a check: vendors are not asked about a key twice in thirty seconds.</summary>
    public static TimeSpan Minute { get; } = TimeSpan.FromMinutes(1);

    public ManualClock Clock { get; }

    public FakeVendor Vendor { get; } = new();

    public StateDatabase State { get; }

    public AlertInbox Inbox { get; } = new();

    public required MemoryStore Local { get; init; }

    public MemoryStore Copy { get; init; } = new("copy");

    /// <summary>Stores beyond those two.</summary>
    public IReadOnlyList<ISecretStore> Others { get; init; } = [];

    /// <summary>The instance that keys belong to unless they say otherwise.</summary>
    public ProviderInstance Gate
    {
        get => _gate;
        set => (_gate, _parts) = (value, null);
    }

    /// <summary>What is looked for in the local store, or null.</summary>
    public DiscoverSettings? Discover
    {
        get => _discover;
        set => (_discover, _parts) = (value, null);
    }

    /// <summary>The configuration.</summary>
    public Settings Configured => Settings();

    /// <summary>The keys as passes have them.</summary>
    public Inventory Inventory => Now.Inventories.Inventory;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<PassWorld> StartAsync(
        string? path = null,
        ManualClock? clock = null,
        MemoryStore? local = null,
        Func<ProviderInstance, ProviderInstance>? gate = null,
        MemoryStore? copy = null,
        ISecretStore? other = null)
    {
        var time = clock ?? new ManualClock();
        var state = await StateDatabase.OpenAsync(path, time, Token);
        return new PassWorld(state, time)
        {
            Local = local ?? new MemoryStore("local"),
            Gate = gate?.Invoke(s_gate) ?? s_gate,
            Copy = copy ?? new MemoryStore("copy"),
            Others = other is null ? [] : [other],
        };
    }

    /// <summary>The text of a key's value.</summary>
    public static string ValueOf(string id, int version = 1) => $"key-{id}-{version}-5f0c3a9b7d1e";

    /// <summary>Declares a key that is at its place and that the vendor accepts.</summary>
    public PassWorld With(string id, Func<ManagedKey, ManagedKey>? edit = null)
    {
        var key = A.Key(id, "gate", "local", id);
        Declare(edit is null ? key : edit(key));
        Local.Put(id, ValueOf(id));
        Vendor.Accept(ValueOf(id));
        return this;
    }

    public PassWorld With(int count) => Enumerable.Range(1, count).Aggregate(this, (world, number) => world.With($"k{number}"));

    /// <summary>Puts an entry into the inventory, in place of one with the same id.</summary>
    public void Declare(ManagedKey key)
    {
        Undeclare(key.Id.Value);
        _keys.Add(key);
    }

    public void Undeclare(string id)
    {
        _keys.RemoveAll(known => known.Id.Value == id);
        _parts = null;
    }

    public void Edit(string id, Func<ManagedKey, ManagedKey> edit) => Declare(edit(_keys.Single(key => key.Id.Value == id)));

    /// <summary>One pass as <c>check</c> makes it, a minute after what was before; over the whole inventory where no key is
    /// named.</summary>
    public Task<CheckPassResult> CheckAsync(params string[] ids)
    {
        Clock.Advance(Minute);
        return CheckAtOnceAsync(ids);
    }

    /// <summary>The same without the minute.</summary>
    public Task<CheckPassResult> CheckAtOnceAsync(params string[] ids) => Drive.UntilDone(BeginCheck(Token, ids), Clock);

    public Task<CheckPassResult> BeginCheck(CancellationToken cancellationToken, params string[] ids)
    {
        IReadOnlyList<ManagedKey>? named = ids.Length == 0 ? null : [.. _keys.Where(key => ids.Contains(key.Id.Value))];
        return Now.Pass.RunAsync(
            new CheckPassRequest(named, SendAlerts: true, IgnoreCadence: true), new Progress<CheckProgress>(), cancellationToken);
    }

    /// <summary>A pass over the keys that are due, as the service makes it: alerts wait for the dispatch.</summary>
    public Task<CheckPassResult> ServeAsync(TimeSpan? budget = null)
    {
        var request = new CheckPassRequest([.. _keys], SendAlerts: false, IgnoreCadence: false) { Budget = budget };
        return Drive.UntilDone(Now.Pass.RunAsync(request, new Progress<CheckProgress>(), Token), Clock);
    }

    /// <summary>A pass over the keys alone whose time has come, or that were never seen; none where there are none.</summary>
    public async Task ServeDueAsync()
    {
        var statuses = (await StatusesAsync([.. _keys.Select(key => key.Id.Value)])).ToDictionary(status => status.KeyId);
        var due = _keys.FindAll(key => statuses.GetValueOrDefault(key.Id) is not { } status || status.NextCheckAt <= Clock.GetUtcNow());
        if (due.Count > 0)
        {
            var request = new CheckPassRequest(due, SendAlerts: false, IgnoreCadence: false);
            await Drive.UntilDone(Now.Pass.RunAsync(request, new Progress<CheckProgress>(), Token), Clock);
        }
    }

    /// <summary>A look through the stores, as the service makes it.</summary>
    public Task<int> DiscoverAsync() => Drive.UntilDone(Now.Discovery.RunAsync(Token), Clock);

    /// <summary>The dispatch, as the service makes it.</summary>
    public async Task DispatchAsync()
    {
        await Now.Alerts.QueueDueAsync(Token);
        await Drive.UntilDone(Now.Alerts.DeliverAsync(PassAlerts.Budget, Token), Clock);
        await Now.Alerts.AssessChannelsAsync(Token);
    }

    public async Task SweepAsync()
    {
        await Drive.UntilDone(Now.Clock.RunAsync(Token), Clock);
        await DispatchAsync();
    }

    /// <summary>Open findings as <c>Reason Subject</c>, in order; held ones have a <c>?</c>.</summary>
    public async Task<IReadOnlyList<string>> OpenAsync()
    {
        await using var transaction = await State.BeginReadAsync(Token);
        var open = await FindingTable.OpenAsync(transaction, Token);
        return [.. open.Select(finding => $"{finding.Key.Reason} {finding.Key.Subject.Name}{(finding.HeldUntil is null ? "" : "?")}").Order(StringComparer.Ordinal)];
    }

    public async Task<KeyStatus> StatusAsync(string id) => (await StatusesAsync(id)).Single();

    public async Task<IEnumerable<KeyStatus>> StatusesAsync(params string[] ids)
    {
        await using var transaction = await State.BeginReadAsync(Token);
        return (await KeyStatusTable.LoadAsync(transaction, [.. ids.Select(KeyId.Parse)], Token)).Values;
    }

    public async Task<InstanceStatus> InstanceAsync()
    {
        await using var transaction = await State.BeginReadAsync(Token);
        return await InstanceTable.LoadAsync(transaction, Gate.Name, Token);
    }

    public ValueTask DisposeAsync() => State.DisposeAsync();

    private Parts Now => _parts ??= Assemble();

    private Parts Assemble()
    {
        var settings = Settings();
        var inventories = new InventorySource(settings, State);
        var inventory = inventories.Inventory;
        var environment = new CheckEnvironment
        {
            Settings = settings,
            Inventories = inventories,
            State = State,
            Stores = Others.Append(Local).Append(Copy).ToDictionary(store => store.Name),
            Validator = new KeyValidator(Vendor.Shared.Invoker(), Vendor.Fresh.Invoker(), Clock) { Timeout = TimeSpan.FromHours(1) },
            Time = Clock,
            Random = new LockedRandom(7),
        };
        var findings = new FindingWriter(settings, inventory, State.InstallationId);
        var dispatcher = new AlertDispatcher(State, Inbox.Http.Invoker(), Clock, new Random(7), NullLogger<AlertDispatcher>.Instance);
        var alerts = new PassAlerts(State, settings, findings, dispatcher, Clock);
        var sweep = new ClockSweep(
            environment, new CheckRecorder(environment, inventory, findings), new InventoryRecorder(environment, findings));
        var discovery = new KeyDiscovery(
            settings, environment.Stores, new DiscoveryRecorder(State, inventory, findings, Clock), inventories);
        return new(new CheckPass(environment, findings, alerts, discovery), alerts, sweep, inventories, discovery);
    }

    /// <summary>What is told together. By default each finding is told by itself, so that a test sees them one by one.</summary>
    public IReadOnlyList<GroupPart> GroupBy { get; set; } = [GroupPart.Finding];

    /// <summary>Least time between two messages of a group.</summary>
    public TimeSpan GroupInterval { get; set; }

    private Settings Settings() => new()
    {
        Database = new DatabaseSettings(),
        Keys = [.. _keys],
        Stores = Others.Append(Local).Append(Copy).ToDictionary(
            store => store.Name,
            store => new StoreSettings { Name = store.Name, Kind = "memory", Discover = store == Local ? Discover : null }),
        Providers = new[] { Gate, A.Instance("mistral"), A.Instance("openai") }.ToDictionary(instance => instance.Name),
        Channels = new Dictionary<string, ChannelSettings> { ["ops"] = new() { Name = "ops", Kind = "webhook", Url = new SecretValue("https://ops.example/hook") } },
        Routes = [new AlertRoute { Channels = ["ops"], GroupBy = GroupBy, GroupWait = TimeSpan.Zero, GroupInterval = GroupInterval }],
    };

    private sealed record Parts(
        CheckPass Pass, PassAlerts Alerts, ClockSweep Clock, InventorySource Inventories, KeyDiscovery Discovery);
}
