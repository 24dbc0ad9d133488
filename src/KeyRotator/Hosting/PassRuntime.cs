using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Discovery;
using KeyRotator.Http;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Rotation;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Validation;

namespace KeyRotator.Hosting;

/// <summary>Everything that works under one configuration, put together: the same for one pass and for the service.</summary>
internal sealed class PassRuntime : IDisposable
{
    private readonly HttpMessageInvoker _alertHttp = OutboundHttp.CreateGuarded();
    private readonly KeyValidator _validator;

    /// <summary>Puts it together. Opens nothing, sends nothing.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="state">The open database; stays the caller's.</param>
    /// <param name="stores">The configured stores by name; stay the caller's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Makes loggers.</param>
    /// <param name="lines">Where alerts go as lines; null where nobody is to see them. Stays the caller's.</param>
    public PassRuntime(
        Settings settings,
        StateDatabase state,
        IReadOnlyDictionary<string, ISecretStore> stores,
        TimeProvider time,
        ILoggerFactory loggers,
        LineOutput? lines = null)
    {
        _validator = new KeyValidator(OutboundHttp.Create(), OutboundHttp.CreateUnpooled(), time);
        Settings = settings;
        var inventories = new InventorySource(settings, state);
        Environment = new CheckEnvironment
        {
            Settings = settings,
            Inventories = inventories,
            State = state,
            Stores = stores,
            Validator = _validator,
            Time = time,
            Random = Random.Shared,
        };
        var findings = new FindingWriter(settings, Inventory, state.InstallationId);
        Dispatcher = new AlertDispatcher(state, _alertHttp, time, Random.Shared, loggers.CreateLogger<AlertDispatcher>(), lines)
        {
            States = new FiringStates(state, settings, findings, time),
        };
        Alerts = new PassAlerts(state, settings, findings, Dispatcher, time);
        Heartbeat = new Heartbeat(state, _alertHttp, time, loggers.CreateLogger<Heartbeat>());
        Discovery = new KeyDiscovery(settings, stores, new DiscoveryRecorder(state, Inventory, findings, time), inventories);
        Pass = new CheckPass(Environment, findings, Alerts, Discovery);
        Rotations = new RotationDesk(Environment, findings);
        Suspensions = new KeySuspensions(state, findings, time);
        Audit = new AuditWatch(state, findings, time);
        Clock = new ClockSweep(
            Environment, new CheckRecorder(Environment, Inventory, findings), new InventoryRecorder(Environment, findings));
    }

    /// <summary>The configuration.</summary>
    public Settings Settings { get; }

    /// <summary>The keys, as they were last taken over from the database.</summary>
    public Inventory Inventory => Environment.Inventories.Inventory;

    /// <summary>Finds keys by tag.</summary>
    public KeyDiscovery Discovery { get; }

    /// <summary>What passes work with.</summary>
    public CheckEnvironment Environment { get; }

    /// <summary>Sends alerts.</summary>
    public AlertDispatcher Dispatcher { get; }

    /// <summary>Sends the sign of life.</summary>
    public Heartbeat Heartbeat { get; }

    /// <summary>The alerts' part of a pass.</summary>
    public PassAlerts Alerts { get; }

    /// <summary>Checks keys.</summary>
    public CheckPass Pass { get; }

    /// <summary>What rotations work with.</summary>
    public RotationDesk Rotations { get; }

    /// <summary>What operators decide about keys.</summary>
    public KeySuspensions Suspensions { get; }

    /// <summary>Looks after the audit.</summary>
    public AuditWatch Audit { get; }

    /// <summary>Assesses keys by the clock.</summary>
    public ClockSweep Clock { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        _validator.Dispose();
        _alertHttp.Dispose();
    }
}
