using KeyRotator.Configuration;
using KeyRotator.Hosting;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Validation;
using Microsoft.Extensions.Logging.Abstractions;

namespace KeyRotator.Demo;

/// <summary>Where the demo plays: what <c>check</c> works with, and the hands of those who make trouble and mend it.</summary>
/// <param name="clock">The one clock of all.</param>
/// <param name="emulator">The providers.</param>
/// <param name="receiver">Who is alerted.</param>
/// <param name="settings">The configuration.</param>
/// <param name="state">The open database; stays the caller's.</param>
internal sealed class DemoStage(
    DemoClock clock, ProviderEmulator emulator, WebhookReceiver receiver, Settings settings, StateDatabase state) : IDisposable
{
    private readonly Dictionary<string, string> _values = [];
    private readonly Dictionary<string, string?> _earlier = [];
    private readonly Dictionary<string, ISecretStore> _stores =
        settings.Stores.Values.Select(store => SecretStores.Create(store, clock)).ToDictionary(store => store.Name);

    private PassRuntime? _runtime;
    private PassRuntime Runtime => _runtime ??= new PassRuntime(settings, state, _stores, clock, NullLoggerFactory.Instance);

    /// <summary>The clock.</summary>
    public DemoClock Clock => clock;

    /// <summary>The providers.</summary>
    public ProviderEmulator Emulator => emulator;

    /// <summary>The configuration.</summary>
    public Settings Settings => settings;

    /// <summary>Messages that the receiver refused for their signature.</summary>
    public int RefusedMessages => receiver.Refused;

    /// <summary>What rotations work with.</summary>
    public RotationDesk Rotations => Runtime.Rotations;

    /// <summary>The database.</summary>
    public StateDatabase State => state;

    /// <summary>The provider issues a key, and an operator puts it where its consumers read it.</summary>
    public async Task IssueAsync(DemoKey key, CancellationToken cancellationToken)
    {
        var value = Issue(key);
        foreach (var store in key.Stores.Select(name => (IWritableSecretStore)_stores[name]))
        {
            var location = new SecretLocation { Store = store.Name, Name = key.Secret };
            var current = await store.ReadAsync(location, null, cancellationToken);
            await store.WriteAsync(new SecretWrite(location, value, current?.Version, Guid.NewGuid()), cancellationToken);
        }
    }

    /// <summary>The provider issues a key, and an operator has it in hand.</summary>
    public SecretValue Issue(DemoKey key)
    {
        var value = DemoKeys.Create(key.Provider, Random.Shared);
        emulator.AddKey(key.Provider, value);
        (_earlier[key.Id], _values[key.Id]) = (_values.GetValueOrDefault(key.Id), value);
        return new SecretValue(value);
    }

    /// <summary>Somebody revokes a key's present value at its provider.</summary>
    public void Revoke(DemoKey key) => emulator.Revoke(key.Provider, _values[key.Id]);

    /// <summary>Somebody revokes the value before that.</summary>
    public void RevokeEarlier(DemoKey key) => emulator.Revoke(key.Provider, _earlier[key.Id]!);

    /// <summary>One pass over all keys, as <c>check</c> makes it.</summary>
    /// <returns>The alerts that arrived.</returns>
    public async Task<IReadOnlyList<DemoAlert>> CheckAsync(CancellationToken cancellationToken)
    {
        var request = new CheckPassRequest(null, SendAlerts: true, IgnoreCadence: true);
        await Runtime.Pass.RunAsync(request, new Progress<CheckProgress>(), cancellationToken);
        var arrived = new List<DemoAlert>();
        while (receiver.Messages.TryRead(out var message))
        {
            arrived.AddRange(DemoAlert.Of(message));
        }

        return arrived;
    }

    /// <summary>What is known of every key, in the inventory's order.</summary>
    public async Task<IReadOnlyList<KeyStatus>> StatusesAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginReadAsync(cancellationToken);
        var known = await KeyStatusTable.LoadAsync(transaction, [.. settings.Keys.Select(key => key.Id)], cancellationToken);
        return [.. settings.Keys.Select(key => known.GetValueOrDefault(key.Id)).OfType<KeyStatus>()];
    }

    /// <inheritdoc />
    public void Dispose() => _runtime?.Dispose();
}
