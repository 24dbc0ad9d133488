using System.Globalization;
using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>The keys that stores' tags name, those that are gone among them until an operator forgets them.</summary>
internal static class DiscoveredKeyTable
{
    private const string Day = "yyyy-MM-dd";

    private const string Columns =
        "key_id, store, name, field, provider, is_tagged, environment, owner, expires_on, expires_for, gone_since";

    private static readonly ManyStatement s_ofStores =
        new($"SELECT {Columns} FROM discovered_key WHERE store IN (@each) ORDER BY store, name, field");

    private static readonly ManyStatement s_named =
        new($"SELECT {Columns} FROM discovered_key WHERE store = @store AND name IN (@each)");

    private static readonly ManyStatement s_ids = new($"SELECT {Columns} FROM discovered_key WHERE key_id IN (@each)");

    /// <summary>All keys of the given stores, by place.</summary>
    public static async Task<IReadOnlyList<DiscoveredKey>> OfStoresAsync(
        StateTransaction transaction, IReadOnlyCollection<string> stores, CancellationToken cancellationToken) =>
        await s_ofStores.ReadAsync(transaction, stores, null, Read, cancellationToken);

    /// <summary>The keys of secrets with the given names.</summary>
    public static async Task<IReadOnlyList<DiscoveredKey>> NamedAsync(
        StateTransaction transaction, string store, IEnumerable<string> names, CancellationToken cancellationToken) =>
        await s_named.ReadAsync(transaction, names.Distinct(), statement => statement.Set("@store", store), Read, cancellationToken);

    /// <summary>The keys with the given ids.</summary>
    public static async Task<IReadOnlyList<DiscoveredKey>> WithIdsAsync(
        StateTransaction transaction, IEnumerable<KeyId> ids, CancellationToken cancellationToken) =>
        await s_ids.ReadAsync(transaction, ids.Select(id => id.Value).Distinct(), null, Read, cancellationToken);

    /// <summary>Inserts a key, or replaces what is known at its place, and notes the listing that it was seen in.</summary>
    public static Task SaveAsync(
        StateTransaction transaction, DiscoveredKey key, long listing, CancellationToken cancellationToken) => transaction
        .Prepare(
            $"""
            INSERT INTO discovered_key ({Columns}, listing)
            VALUES (@key, @store, @name, @field, @provider, @tagged, @environment, @owner, @on, @for, @gone, @listing)
            ON CONFLICT (store, name, field) DO UPDATE SET provider = excluded.provider, is_tagged = excluded.is_tagged,
              environment = excluded.environment, owner = excluded.owner, expires_on = excluded.expires_on,
              expires_for = excluded.expires_for, gone_since = excluded.gone_since, listing = excluded.listing
            """)
        .Set("@key", key.Id.Value)
        .Set("@store", key.Location.Store)
        .Set("@name", key.Location.Name)
        .Set("@field", key.Location.Field ?? "")
        .Set("@provider", key.Provider)
        .Set("@tagged", key.IsTagged)
        .Set("@environment", key.Environment)
        .Set("@owner", key.Owner)
        .Set("@on", key.Expires?.On.ToString(Day, CultureInfo.InvariantCulture))
        .Set("@for", key.Expires?.FingerprintPrefix)
        .Set("@gone", key.GoneSince)
        .Set("@listing", listing)
        .ExecuteAsync(cancellationToken);

    /// <summary>Notes the listing that a key was seen in, as it was.</summary>
    public static Task TouchAsync(StateTransaction transaction, KeyId key, long listing, CancellationToken cancellationToken) => transaction
        .Prepare("UPDATE discovered_key SET listing = @listing WHERE key_id = @key")
        .Set("@key", key.Value)
        .Set("@listing", listing)
        .ExecuteAsync(cancellationToken);

    /// <summary>Keys that are not gone and were not seen since a listing began; those first that were not seen for longest. By
    /// index.</summary>
    public static async Task<IReadOnlyList<DiscoveredKey>> UnseenAsync(
        StateTransaction transaction, string store, long listing, int limit, CancellationToken cancellationToken) => await transaction
        .Prepare(
            $"""
            SELECT {Columns} FROM discovered_key
            WHERE store = @store AND listing < @listing AND gone_since IS NULL ORDER BY listing, key_id LIMIT @limit
            """)
        .Set("@store", store)
        .Set("@listing", listing)
        .Set("@limit", limit)
        .ReadAsync(Read, cancellationToken);

    /// <summary>Removes a key.</summary>
    public static Task RemoveAsync(StateTransaction transaction, KeyId key, CancellationToken cancellationToken) => transaction
        .Prepare("DELETE FROM discovered_key WHERE key_id = @key")
        .Set("@key", key.Value)
        .ExecuteAsync(cancellationToken);

    private static DiscoveredKey Read(Row row) => new()
    {
        Id = row.Key(),
        Location = new() { Store = row.Text(), Name = row.Text(), Field = row.Text() is { Length: > 0 } field ? field : null },
        Provider = row.Text(),
        IsTagged = row.Flag(),
        Environment = row.TextOrNull(),
        Owner = row.TextOrNull(),
        Expires = ReadExpiry(row.TextOrNull(), row.TextOrNull()),
        GoneSince = row.TimeOrNull(),
    };

    private static ExpiryStatement? ReadExpiry(string? day, string? digits) =>
        day is null ? null : new(DateOnly.ParseExact(day, Day, CultureInfo.InvariantCulture), digits);
}
