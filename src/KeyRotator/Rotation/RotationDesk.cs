using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Validation;

namespace KeyRotator.Rotation;

/// <summary>What rotations work with.</summary>
/// <param name="environment">What checks work with: configuration, database, stores, sender of probes, clock, randomness.</param>
/// <param name="findings">Writes findings.</param>
internal sealed class RotationDesk(CheckEnvironment environment, FindingWriter findings)
{
    /// <summary>How long a rotation is one worker's own without a sign of life: no call to a store or provider takes so long.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The configuration.</summary>
    public Settings Settings => environment.Settings;

    /// <summary>The database.</summary>
    public StateDatabase State => environment.State;

    /// <summary>The configured stores by name.</summary>
    public IReadOnlyDictionary<string, ISecretStore> Stores => environment.Stores;

    /// <summary>The store that a location is written to.</summary>
    /// <exception cref="SecretStoreException">It is not written any more.</exception>
    public T WriterOf<T>(SecretLocation location)
        where T : class, IWritableSecretStore => Stores[location.Store] is T { Capabilities.ReadOnly: false } store
            ? store
            : throw new SecretStoreException(
                location.Store, "write", location, isTransient: false, "The store is not configured to be written any more.");

    /// <summary>The sender of probes.</summary>
    public KeyValidator Validator => environment.Validator;

    /// <summary>The clock.</summary>
    public TimeProvider Time => environment.Time;

    /// <summary>For jitter. Safe for use from many threads.</summary>
    public Random Random => environment.Random;

    /// <summary>The keys that are looked after, as they stand now.</summary>
    public Inventory Inventory => environment.Inventories.Inventory;

    /// <summary>Takes over what discovery found since, so that its keys are known here too.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => environment.Inventories.RefreshAsync(cancellationToken);

    /// <summary>Writes findings.</summary>
    public FindingWriter Findings => findings;

    /// <summary>Makes fingerprints.</summary>
    public Fingerprinter Fingerprinter => environment.State.Fingerprinter;
}
