using KeyRotator.Keys;
using KeyRotator.Secrets;

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

/// <summary>A store that can hold a new version that readers do not see yet.</summary>
public interface IStagingSecretStore : IWritableSecretStore
{
    /// <summary>Adds the value as a version of its own; readers go on with the current one. What decides is as for
    /// <see cref="IWritableSecretStore.WriteAsync"/>.</summary>
    /// <returns>The staged version; the current one where it holds the value already.</returns>
    /// <exception cref="SecretConflictException">The current version is not the expected one, or another one is staged.</exception>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    Task<SecretVersion> StageAsync(SecretWrite write, CancellationToken cancellationToken);

    /// <summary>Makes a staged version the current one, where the expected one still is. Done already: nothing is done.</summary>
    /// <exception cref="SecretConflictException">Neither version is current; nothing was changed.</exception>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    Task PromoteAsync(SecretLocation location, SecretVersion staged, SecretVersion expected, CancellationToken cancellationToken);

    /// <summary>Takes a staged version back. Promoted or gone already: nothing is done.</summary>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    Task UnstageAsync(SecretLocation location, SecretVersion staged, CancellationToken cancellationToken);
}

/// <summary>A store that can destroy one earlier version for good, or give it up to be deleted by the vendor.</summary>
public interface ISecretVersionPurge : IWritableSecretStore
{
    /// <summary>Destroys it. Gone already: nothing is done.</summary>
    /// <exception cref="SecretConflictException">The version is current, or somebody else keeps it.</exception>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    Task PurgeAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken);
}

/// <summary>A store that drops an earlier version by itself sooner or later, unless it is pinned.</summary>
public interface ISecretPinning : IWritableSecretStore
{
    /// <summary>Keeps a version, current or not, until its pin is taken away. A pin is on one version of a secret at a time: it is
    /// moved.</summary>
    /// <param name="location">Where.</param>
    /// <param name="version">The version.</param>
    /// <param name="pin">The pin's name: letters, digits and hyphens.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SecretConflictException">The version is gone; nothing was changed.</exception>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    Task PinAsync(SecretLocation location, SecretVersion version, string pin, CancellationToken cancellationToken);

    /// <summary>Takes a pin away, wherever it is. Gone already: nothing is done.</summary>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    Task UnpinAsync(SecretLocation location, string pin, CancellationToken cancellationToken);
}

/// <summary>A store that tells when one version was last read.</summary>
public interface ISecretReaders : ISecretStore
{
    /// <summary>The day (UTC) on which anybody, we included, last read a version; null where nobody did, or the store does not
    /// tell.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    Task<DateOnly?> LastReadAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken);
}

/// <summary>A store that can remove a whole secret for good, its history included.</summary>
public interface ISecretRemoval : IWritableSecretStore
{
    /// <summary>Removes the secret, where it holds nothing but the given values: in each version that is kept, the value is one of them
    /// and there is no other field. So whoever asks shows that nothing is lost which is not its own. Absent, or on its way out already:
    /// nothing is done. A version that somebody adds in the same moment is lost where the store cannot refuse (all but Kubernetes and
    /// file).</summary>
    /// <param name="location">Where. Without a field the value is the whole secret; in a store whose secrets have fields, the field that
    /// a first write makes.</param>
    /// <param name="known">The values that may be lost, at least one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SecretConflictException">It holds something else; nothing was removed.</exception>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    Task RemoveAsync(SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken);
}

/// <summary>A store that keeps a removed secret for a while, so that it can be recovered: readers see it no more, and its name is
/// taken. <see cref="ISecretRemoval.RemoveAsync"/> destroys it too where it may, also where an earlier removal came only half
/// way.</summary>
public interface ISecretBin : ISecretRemoval
{
    /// <summary>What is kept of a removed secret, until when and why: one sentence; null where nothing is.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    Task<string?> KeptAsync(SecretLocation location, CancellationToken cancellationToken);

    /// <summary>Names of the secrets whose removal came only half way, and can be finished by the same call; an empty prefix lists
    /// all.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    IAsyncEnumerable<string> ListKeptAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>A store that tells of a secret without fetching a value.</summary>
public interface ISecretDescriber : ISecretStore
{
    /// <summary>What is known of the secret at a location; null where it is absent.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    Task<SecretDescription?> DescribeAsync(SecretLocation location, CancellationToken cancellationToken);
}

/// <summary>A store that keeps tags (labels, annotations, custom metadata) with a secret, apart from its value.</summary>
public interface ISecretTagging : IWritableSecretStore
{
    /// <summary>Sets the given tags and leaves the others as they are; a null value removes a tag.</summary>
    /// <exception cref="SecretStoreException">The store could not do it.</exception>
    Task TagAsync(SecretLocation location, IReadOnlyDictionary<string, string?> tags, CancellationToken cancellationToken);
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
    /// <summary>Name and, where the listing tells it, current version of every secret whose name starts with the prefix; an empty prefix
    /// lists all that the identity may see.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    IAsyncEnumerable<ListedSecret> ListAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>A store that finds secrets by a tag, with fewer calls than by listing all of them, or tells tags only so.</summary>
public interface ITaggedListing : ISecretListing
{
    /// <summary>Every secret that the query means, with all its tags. Either all of them, or the listing throws: one that may have left
    /// something out throws at its end.</summary>
    /// <exception cref="SecretStoreException">The store could not answer, or not for all.</exception>
    IAsyncEnumerable<ListedSecret> ListTaggedAsync(TagQuery query, CancellationToken cancellationToken);
}

/// <summary>A store whose listing tells every secret's current version: what did not change need not be read.</summary>
public interface ISecretVersionListing : ISecretListing
{
    /// <summary>The prefixes to list, so that every secret of the given names that is there is seen; few, and as long as may be. None for
    /// no name.</summary>
    IReadOnlyList<string> PrefixesOf(IEnumerable<string> names);
}

/// <summary>A store whose secrets have named fields of their own, rather than a text that may be JSON.</summary>
public interface ISecretFields : ISecretStore
{
    /// <summary>The names of a secret's fields; none where it is absent. No value is kept.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    Task<IReadOnlyList<string>> FieldsAsync(SecretLocation location, CancellationToken cancellationToken);
}

/// <summary>The same, for earlier versions too.</summary>
public interface ISecretVersionFields : ISecretFields
{
    /// <summary>The names of all fields of a version, texts or not; null where the version is absent. No value is kept.</summary>
    /// <exception cref="SecretStoreException">The store could not answer.</exception>
    Task<IReadOnlyList<string>?> FieldsAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken);
}

/// <summary>A store that can tell whether it works, for <c>stores test</c>.</summary>
public interface IStoreSelfTest : ISecretStore
{
    /// <summary>Tries what a check needs, changing nothing. A failing step is a result, not an exception.</summary>
    /// <param name="declared">Some of the locations that are declared in this store: rights are asked for these, where the store can tell,
    /// since an identity of least rights has no others.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<StoreTestStep>> TestAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken);
}
