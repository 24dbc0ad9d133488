using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Discovery;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Providers;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>An installation with one key at two locations, one that can stage and one that cannot; clock, vendor and stores are the
/// test's.</summary>
internal sealed class RotationWorld : IAsyncDisposable
{
    public const string Old = "key-old-5f0c3a9b7d1e4c2a";
    public const string New = "key-new-91b7d2c44e0a8f63";
    private const string Actor = "ops@test";

    private static readonly ProviderInstance s_gate = A.Instance(
        "openai-compatible", new Uri("https://llm.example/v1")) with
    { Name = "gate" };

    private readonly List<ISecretStore> _more = [];

    private RotationWorld(StateDatabase state, ManualClock clock) => (State, Clock) = (state, clock);

    public ManualClock Clock { get; }

    public StateDatabase State { get; }

    public FakeVendor Vendor { get; } = new();

    public StagingLabStore Staging { get; private set; } = new("aws");

    /// <summary>The same store, where it tells who reads.</summary>
    public TellingLabStore Readers => (TellingLabStore)Staging;

    public LabStore Plain { get; } = new VersionedLabStore("vault");

    public ManagedKey Key { get; private set; } = A.Key("k", "gate", "aws", "llm") with
    {
        Locations = [At("aws", "llm"), At("vault", "llm")],
    };

    public RotationDesk Desk { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<RotationWorld> StartAsync(Func<ManagedKey, ManagedKey>? edit = null, params ISecretStore[] more) =>
        StartAsync(false, edit, more);

    /// <summary>The same with a store that tells who reads, as AWS does.</summary>
    public static async Task<RotationWorld> StartAsync(
        bool tells, Func<ManagedKey, ManagedKey>? edit = null, params ISecretStore[] more)
    {
        var clock = new ManualClock();
        var world = new RotationWorld(await StateDatabase.OpenAsync(null, clock, Token), clock);
        world._more.AddRange(more);
        world.Staging = tells ? new TellingLabStore("aws", clock) : world.Staging;
        world.Key = edit?.Invoke(world.Key) ?? world.Key;
        world.Staging.Put("llm", Old);
        world.Plain.Put("llm", Old);
        world.Vendor.Accept(Old);
        world.Vendor.Accept(New);
        world.Desk = world.Open();
        return world;
    }

    public static SecretLocation At(string store, string name, string? field = null) => new() { Store = store, Name = name, Field = field };

    public Task<RotationJournal> SubmitAsync(string value = New, Func<RotationRequest, RotationRequest>? edit = null)
    {
        var request = new RotationRequest { Key = Key, Actor = Actor };
        return new RotationOffice(Desk).OpenAsync(edit?.Invoke(request) ?? request, new SecretValue(value), Token);
    }

    public Task<RotationStep> CarryOnAsync(RotationJournal journal, string? value = null, TimeSpan? patience = null)
    {
        var runner = new RotationRunner(Desk, journal);
        var work = runner.CarryOnAsync(value is null ? null : new SecretValue(value), patience ?? TimeSpan.FromSeconds(20), Token);
        return Drive.UntilDone(work, Clock, RotationDesk.Lease);
    }

    /// <summary>A new process takes the open rotation after the dead one's lease has run out.</summary>
    public async Task<RotationJournal?> RestartAsync(long? id = null)
    {
        Clock.Advance(RotationDesk.Lease);
        await using var transaction = await State.BeginWriteAsync(Token);
        var open = (await RotationTable.ListAsync(transaction, all: false, 10, Token)).SingleOrDefault(each => id is null || each.Id == id);
        var now = Clock.GetUtcNow();
        var lease = open is null ? null : await RotationTable.LeaseAsync(transaction, open.Id, now, now + RotationDesk.Lease, Token);
        await transaction.CommitAsync(Token);
        return lease is null ? null : new RotationJournal(Desk, Key, lease, "run@test");
    }

    /// <summary>Restarts and carries on until only time, an operator or the end is left; returns how it stands.</summary>
    public async Task<KeyRotation> SettleAsync()
    {
        for (var round = 0; round < 20; round++)
        {
            if (await RestartAsync() is not { } journal)
            {
                break;
            }

            var stop = await CarryOnAsync(journal);
            await journal.ReleaseAsync(Token);
            if (stop is not RotationStep.Wait wait || journal.Rotation.Phase is RotationPhase.Overlap)
            {
                break;
            }

            Clock.Advance(wait.Until - Clock.GetUtcNow());
        }

        return await LastAsync();
    }

    /// <summary>A check saw that value as a version of the key.</summary>
    public async Task SawAsync(string value, int sequence)
    {
        await using var transaction = await State.BeginWriteAsync(Token);
        var version = new KeyVersion
        {
            KeyId = Key.Id,
            Sequence = sequence,
            Fingerprint = Desk.Fingerprinter.Of(new SecretValue(value)),
            FirstSeenAt = Clock.GetUtcNow(),
        };
        await KeyVersionTable.OpenAsync(transaction, version, Token);
        await transaction.CommitAsync(Token);
    }

    /// <summary>A value's fingerprint as it is shown.</summary>
    public string PrintOf(string value) => Desk.Fingerprinter.Of(new SecretValue(value)).Short;

    public async Task<KeyRotation> LastAsync()
    {
        await using var transaction = await State.BeginReadAsync(Token);
        return (await RotationTable.ListAsync(transaction, all: true, 1, Token)).Single();
    }

    public async Task<IReadOnlyList<string>> StoryAsync(long? id = null)
    {
        var last = id ?? (await LastAsync()).Id;
        await using var transaction = await State.BeginReadAsync(Token);
        return [.. (await RotationEventTable.OfAsync(transaction, last, Token)).Select(told => told.What)];
    }

    public async Task<IReadOnlyList<string>> FindingsAsync()
    {
        await using var transaction = await State.BeginReadAsync(Token);
        return [.. (await FindingTable.OpenAsync(transaction, Token)).Select(finding => $"{finding.Severity} {finding.Key.Reason}")];
    }

    /// <summary>A process of its own over the same installation and the same world.</summary>
    public RotationDesk Open() => DeskOf(State, Clock, Vendor, [Key], [Staging, Plain, .. _more]);

    /// <summary>What a process works with.</summary>
    public static RotationDesk DeskOf(
        StateDatabase state, ManualClock clock, FakeVendor vendor, IReadOnlyList<ManagedKey> keys, IReadOnlyList<ISecretStore> stores)
    {
        var environment = EnvironmentOf(state, clock, vendor, keys, stores);
        return new(environment, new FindingWriter(environment.Settings, environment.Inventories.Inventory, state.InstallationId));
    }

    /// <summary>What its checks work with.</summary>
    public static CheckEnvironment EnvironmentOf(
        StateDatabase state, ManualClock clock, FakeVendor vendor, IReadOnlyList<ManagedKey> keys, IReadOnlyList<ISecretStore> stores)
    {
        var settings = new Settings
        {
            Database = new DatabaseSettings(),
            Keys = [.. keys],
            Stores = stores.ToDictionary(store => store.Name, store => new StoreSettings { Name = store.Name, Kind = "memory" }),
            Providers = new Dictionary<string, ProviderInstance> { ["gate"] = s_gate },
            Channels = new Dictionary<string, ChannelSettings>(),
            Routes = [],
        };
        return new CheckEnvironment
        {
            Settings = settings,
            Inventories = new InventorySource(settings, state),
            State = state,
            Stores = stores.ToDictionary(store => store.Name),
            Validator = new KeyValidator(vendor.Shared.Invoker(), vendor.Fresh.Invoker(), clock) { Timeout = TimeSpan.FromHours(1) },
            Time = clock,
            Random = new LockedRandom(7),
        };
    }

    public ValueTask DisposeAsync() => State.DisposeAsync();
}
