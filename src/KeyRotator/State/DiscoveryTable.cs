namespace KeyRotator.State;

/// <summary>When each store was looked through for tagged secrets. One process does so at a time.</summary>
internal static class DiscoveryTable
{
    private static readonly ManyStatement s_revisions =
        new("SELECT store, revision FROM discovery WHERE store IN (@each) ORDER BY store");

    /// <summary>Begins a listing of a store where its time has come, or where something else is looked for than before.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="store">The store's name.</param>
    /// <param name="query">What is looked for, as text.</param>
    /// <param name="now">The time (UTC).</param>
    /// <param name="lease">How long a listing may go without <see cref="ContinueAsync"/> before it counts as dead.</param>
    /// <param name="longest">No listing puts the next off for longer: where one does, the clock was set back.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The listing's number, or null where it is not time.</returns>
    public static async Task<long?> ClaimAsync(
        StateTransaction transaction,
        string store,
        string query,
        DateTimeOffset now,
        TimeSpan lease,
        TimeSpan longest,
        CancellationToken cancellationToken)
    {
        var claimed = await transaction
            .Prepare(
                """
                INSERT INTO discovery (store, query, listing, next_at, revision) VALUES (@store, @query, 1, @lease, 0)
                ON CONFLICT (store) DO UPDATE SET query = excluded.query, listing = discovery.listing + 1, next_at = excluded.next_at
                  WHERE discovery.next_at <= @now OR discovery.next_at > @latest OR discovery.query <> excluded.query
                RETURNING listing
                """)
            .Set("@store", store)
            .Set("@query", query)
            .Set("@now", now)
            .Set("@lease", now + lease)
            .Set("@latest", now + (longest > lease ? longest : lease))
            .ReadAsync(row => row.Long(), cancellationToken);
        return claimed is [var listing] ? listing : null;
    }

    /// <summary>Goes on with a listing, or ends it; false where another one began since: nothing of this one counts any more.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="store">The store's name.</param>
    /// <param name="listing">The listing's number.</param>
    /// <param name="nextAt">When another may begin (UTC).</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<bool> ContinueAsync(
        StateTransaction transaction, string store, long listing, DateTimeOffset nextAt, CancellationToken cancellationToken) =>
        await transaction.Prepare("UPDATE discovery SET next_at = @next WHERE store = @store AND listing = @listing")
            .Set("@next", nextAt)
            .Set("@store", store)
            .Set("@listing", listing)
            .ExecuteAsync(cancellationToken) == 1;

    /// <summary>Says that a key of the store is another than before.</summary>
    public static Task ReviseAsync(StateTransaction transaction, string store, CancellationToken cancellationToken) => transaction
        .Prepare("UPDATE discovery SET revision = revision + 1 WHERE store = @store")
        .Set("@store", store)
        .ExecuteAsync(cancellationToken);

    /// <summary>What tells whether keys of these stores are others than before: an opaque text.</summary>
    public static async Task<string> RevisionAsync(
        StateTransaction transaction, IReadOnlyCollection<string> stores, CancellationToken cancellationToken)
    {
        var rows = await s_revisions.ReadAsync(
            transaction, stores, null, row => $"{row.Text()}={row.Long()}", cancellationToken);
        return string.Join(' ', rows);
    }
}
