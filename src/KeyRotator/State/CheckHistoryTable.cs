using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>What each key's checks said over time. A run of equal answers is one row.</summary>
internal static class CheckHistoryTable
{
    /// <summary>Adds one check a key: extends the key's last run where version, verdict, reason and status are the same, else starts a new one.</summary>
    public static Task RecordAsync(StateTransaction transaction, IReadOnlyList<KeyStatus> checks, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>A key's runs, newest first.</summary>
    public static Task<IReadOnlyList<CheckRun>> OfAsync(StateTransaction transaction, KeyId key, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Removes runs that ended before the given time, but never a key's newest. At most <paramref name="limit"/> rows; returns how many went.</summary>
    public static Task<int> PruneAsync(StateTransaction transaction, DateTimeOffset before, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>A run of equal answers.</summary>
/// <param name="Version">Key version's sequence.</param>
/// <param name="Verdict">What was proven.</param>
/// <param name="Reason">Why.</param>
/// <param name="HttpStatus">HTTP status, or null.</param>
/// <param name="From">First check of the run (UTC).</param>
/// <param name="To">Last check of the run (UTC).</param>
/// <param name="Checks">How many checks.</param>
internal sealed record CheckRun(int Version, Verdict Verdict, VerdictReason Reason, int? HttpStatus, DateTimeOffset From, DateTimeOffset To, long Checks);
