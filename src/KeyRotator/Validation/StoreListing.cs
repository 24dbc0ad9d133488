using KeyRotator.Stores;

namespace KeyRotator.Validation;

/// <summary>What one store's listing shows, for all who ask: it is listed again only for one who must see something newer.</summary>
/// <remarks>Lives as long as the configuration. Between passes it keeps sixteen bytes for each name of a secret.</remarks>
/// <param name="store">The store.</param>
/// <param name="names">Every name that is declared there.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreListing(ISecretVersionListing store, IEnumerable<string> names, TimeProvider time)
{
    private static readonly Task<VersionDigest?> s_none = Task.FromResult<VersionDigest?>(null);

    private readonly Lock _lock = new();
    private Task<VersionDigest?> _latest = s_none;
    private DateTimeOffset _takenAt = DateTimeOffset.MinValue;
    private int _notWorth;

    /// <summary>What was there at or after <paramref name="since"/>; null where the listing fails, or takes more calls than it is worth:
    /// then values are to be read.</summary>
    /// <param name="since">How old it may be (UTC).</param>
    /// <param name="worth">Most calls that it may take; of no concern where it takes none.</param>
    /// <param name="cancellationToken">Ends a listing that it began.</param>
    public Task<VersionDigest?> TakenSinceAsync(DateTimeOffset since, int worth, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_takenAt >= since && _takenAt <= now && !_latest.IsCanceled && !_latest.IsFaulted)
            {
                return _latest;
            }

            // One that was too long is tried again only for much more: each try costs what it may cost.
            if (!store.Capabilities.IsLocal && (worth == 0 || worth < 2 * _notWorth))
            {
                return s_none;
            }

            _takenAt = now;
            return _latest = ListAsync(worth, cancellationToken);
        }
    }

    private async Task<VersionDigest?> ListAsync(int worth, CancellationToken cancellationToken)
    {
        await Task.Yield(); // not under the lock
        try
        {
            var prefixes = store.PrefixesOf(names);
            var most = store.Capabilities.IsLocal ? long.MaxValue : (long)worth * store.Capabilities.VersionsPerCall;
            var isWorth = store.Capabilities.IsLocal || prefixes.Count <= worth;
            return isWorth && await DigestAsync(prefixes, most, cancellationToken) is { } digest ? digest : NotWorth(worth);
        }
        catch (SecretStoreException)
        {
            // The reads that follow tell, and are counted; a listing is only a way to spare them.
            return null;
        }
    }

    private async Task<VersionDigest?> DigestAsync(IReadOnlyList<string> prefixes, long most, CancellationToken cancellationToken)
    {
        var digest = new VersionDigest();
        foreach (var prefix in prefixes)
        {
            await foreach (var secret in store.ListAsync(prefix, cancellationToken))
            {
                Add(digest, secret);
                if (--most < 0)
                {
                    return null;
                }
            }
        }

        return digest.Seal();
    }

    private static void Add(VersionDigest digest, ListedSecret secret)
    {
        if (secret.Version is not { } version)
        {
            return;
        }

        digest.Add(secret.Name, version.Id);
        if (secret.Alias is { } alias)
        {
            digest.Add(alias, version.Id);
        }
    }

    private VersionDigest? NotWorth(int worth)
    {
        lock (_lock)
        {
            _notWorth = Math.Max(_notWorth, worth);
        }

        return null;
    }
}
