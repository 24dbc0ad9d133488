using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>The last status of every key ever checked.</summary>
internal static class KeyStatusTable
{
    /// <summary>The statuses of the given keys; a key that was never checked is not in it. Any number of ids; few statements.</summary>
    public static Task<IReadOnlyDictionary<KeyId, KeyStatus>> LoadAsync(StateTransaction transaction, IReadOnlyCollection<KeyId> keys, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Inserts or replaces one row a status, with prepared statements.</summary>
    public static Task SaveAsync(StateTransaction transaction, IReadOnlyList<KeyStatus> statuses, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>When each key is due, without the rest of its row: at most <paramref name="limit"/> keys whose NextCheckAt is not after <paramref name="now"/>,
    /// longest due first. By index.</summary>
    public static Task<IReadOnlyList<KeyId>> DueAsync(StateTransaction transaction, DateTimeOffset now, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The keys whose current value has one of the given fingerprints. By index; used for KeyShared.</summary>
    public static Task<ILookup<Fingerprint, KeyId>> HoldersAsync(StateTransaction transaction, IReadOnlyCollection<Fingerprint> fingerprints, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>What the outage guard sees of one instance: distinct values (by fingerprint) probed at or after <paramref name="since"/>. By index (provider, checked_at).</summary>
    public static Task<GuardWindow> WindowAsync(StateTransaction transaction, string provider, DateTimeOffset since, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Removes a key's status, versions, history and findings: the key left the inventory and an operator said forget.</summary>
    public static Task ForgetAsync(StateTransaction transaction, KeyId key, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>Counts over the distinct values of one provider instance that were probed in a window.</summary>
/// <param name="Probed">Distinct values probed.</param>
/// <param name="Accepted">Of them, last answer Accepted.</param>
/// <param name="Rejected">Of them, last answer Rejected, confirmed or not, AccountBlocked apart.</param>
/// <param name="Unreachable">Of them, last answer Inconclusive by Network, Tls, Timeout or ProviderError.</param>
/// <param name="FirstRejectionAt">When the earliest of the rejections began (UTC), or null.</param>
internal sealed record GuardWindow(int Probed, int Accepted, int Rejected, int Unreachable, DateTimeOffset? FirstRejectionAt);
