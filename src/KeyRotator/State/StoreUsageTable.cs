namespace KeyRotator.State;

/// <summary>How many requests went to each store, over all processes that share the database.</summary>
internal static class StoreUsageTable
{
    /// <summary>Adds what one process counted. Where nothing was counted before, counting began when this one says.</summary>
    public static Task AddAsync(StateTransaction transaction, StoreUsage more, CancellationToken cancellationToken) => transaction
        .Prepare(
            """
            INSERT INTO store_usage (store, since, reads, lists, writes) VALUES (@store, @since, @reads, @lists, @writes)
            ON CONFLICT (store) DO UPDATE SET reads = store_usage.reads + excluded.reads, lists = store_usage.lists + excluded.lists,
              writes = store_usage.writes + excluded.writes
            """)
        .Set("@store", more.Store)
        .Set("@since", more.Since)
        .Set("@reads", more.Reads)
        .Set("@lists", more.Lists)
        .Set("@writes", more.Writes)
        .ExecuteAsync(cancellationToken);

    /// <summary>Every store that was ever called, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, StoreUsage>> LoadAsync(
        StateTransaction transaction, CancellationToken cancellationToken)
    {
        var rows = await transaction.Prepare("SELECT store, since, reads, lists, writes FROM store_usage")
            .ReadAsync(row => new StoreUsage(row.Text(), row.Time(), row.Long(), row.Long(), row.Long()), cancellationToken);
        return rows.ToDictionary(usage => usage.Store, StringComparer.Ordinal);
    }
}

/// <summary>Requests to one store.</summary>
/// <param name="Store">Its configured name.</param>
/// <param name="Since">When counting began (UTC).</param>
/// <param name="Reads">Requests for values, or for what is known of a secret.</param>
/// <param name="Lists">Requests for a page of a list.</param>
/// <param name="Writes">Requests that change something.</param>
internal sealed record StoreUsage(string Store, DateTimeOffset Since, long Reads, long Lists, long Writes);
