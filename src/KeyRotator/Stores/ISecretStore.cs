using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>One configured backend that holds secrets. Further abilities are further small interfaces that a store may implement.</summary>
public interface ISecretStore
{
    /// <summary>Its name in the configuration.</summary>
    string Name { get; }

    /// <summary>What it can do.</summary>
    StoreCapabilities Capabilities { get; }

    /// <summary>Reads the value at a location: the current version, or a given one. Null means absent: no such secret, no such field, no
    /// such version.</summary>
    /// <exception cref="SecretStoreException">The store could not answer, or the location does not fit what is there.</exception>
    Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken);
}

/// <summary>A store that can be written.</summary>
public interface IWritableSecretStore : ISecretStore
{
    /// <summary>Writes one field, or the whole secret; makes a secret or a field that is absent. What decides, in this order: a known
    /// <see cref="SecretWrite.Token"/> is not written again; <see cref="SecretWrite.ExpectedVersion"/> must be current; an equal value is
    /// not written again.
    /// A store without conditional or idempotent writes (<see cref="ISecretStore.Capabilities"/>) does what it can by reading
    /// first.</summary>
    /// <returns>The version that now holds the value, or null where the store has no versions.</returns>
    /// <exception cref="SecretConflictException">The current version is not the expected one; nothing was written.</exception>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken);
}

/// <summary>A store that answers for many locations in fewer calls than locations.</summary>
public interface IBatchSecretReader : ISecretStore
{
    /// <summary>Most locations in one call, at least 1.</summary>
    int BatchSize { get; }

    /// <summary>Reads the current value at each location, at most <see cref="BatchSize"/> of them. One that fails does not stop the
    /// others.</summary>
    /// <returns>One reading for each location, in the given order.</returns>
    /// <exception cref="SecretStoreException">The whole call failed.</exception>
    Task<IReadOnlyList<StoreReading>> ReadManyAsync(IReadOnlyList<SecretLocation> locations, CancellationToken cancellationToken);
}

/// <summary>A store that lists its secrets' current versions without fetching a value.</summary>
public interface ISecretListing : ISecretStore
{
    /// <summary>Name and current version of every secret whose name starts with the prefix; an empty prefix lists all that the identity
    /// may see.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    IAsyncEnumerable<ListedSecret> ListAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>A store that can tell whether it works, for <c>stores test</c>.</summary>
public interface IStoreSelfTest : ISecretStore
{
    /// <summary>Tries what a check needs, changing nothing. A failing step is a result, not an exception.</summary>
    Task<IReadOnlyList<StoreTestStep>> TestAsync(CancellationToken cancellationToken);
}
