using System.Collections.Concurrent;
using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>The listings of all stores that tell versions, kept from pass to pass.</summary>
internal sealed class StoreListings(CheckEnvironment environment)
{
    private readonly ConcurrentDictionary<string, StoreListing?> _listings = new(StringComparer.Ordinal);

    /// <summary>The store's listing, or null where it tells no versions.</summary>
    public StoreListing? Of(string store) => _listings.GetOrAdd(store, Create);

    private StoreListing? Create(string store) => environment.Stores[store] is ISecretVersionListing listing
        ? new StoreListing(listing, NamesIn(store), environment.Time)
        : null;

    private IEnumerable<string> NamesIn(string store) => environment.Settings.Keys
        .SelectMany(key => key.Locations).Where(location => location.Store == store).Select(location => location.Name);
}

/// <summary>What listings tell in one pass, shared by all its instances.</summary>
/// <param name="listings">The stores' listings.</param>
/// <param name="worth">How many calls each store's listing may take.</param>
/// <param name="passToken">Ends the pass.</param>
internal sealed class PassListings(StoreListings? listings, IReadOnlyDictionary<string, int> worth, CancellationToken passToken)
{
    /// <summary>Those of a pass that looks at no place.</summary>
    public static PassListings None { get; } = new(null, new Dictionary<string, int>(), CancellationToken.None);

    /// <summary>Whether the place still has a version, as a listing shows it that is not older than <paramref name="since"/>. False where
    /// nobody can tell: then the value is to be read.</summary>
    public async Task<bool> ShowsAsync(
        SecretLocation location, string version, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (listings?.Of(location.Store) is not { } listing)
        {
            return false;
        }

        var digest = await listing.TakenSinceAsync(since, worth.GetValueOrDefault(location.Store), passToken).WaitAsync(cancellationToken);
        return digest?.Shows(location.Name, version) == true;
    }
}
