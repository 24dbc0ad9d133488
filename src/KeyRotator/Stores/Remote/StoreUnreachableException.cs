using KeyRotator.Keys;

namespace KeyRotator.Stores.Remote;

/// <summary>No whole answer came. Whether the call had its effect may be unknown: then only reading can tell.</summary>
/// <param name="store">Name of the configured store.</param>
/// <param name="operation">What was tried.</param>
/// <param name="location">Where, or null.</param>
/// <param name="mayHaveHappened">Whether the server may have seen the request.</param>
/// <param name="advice">What is wrong and what to do.</param>
internal sealed class StoreUnreachableException(
    string store, string operation, SecretLocation? location, bool mayHaveHappened, string advice)
    : SecretStoreException(store, operation, location, isTransient: true, advice)
{
    /// <summary>Whether the server may have seen the request, and done what was asked.</summary>
    public bool MayHaveHappened { get; } = mayHaveHappened;

    /// <summary>Whether the host's name does not resolve.</summary>
    public bool IsUnknownHost { get; init; }
}
