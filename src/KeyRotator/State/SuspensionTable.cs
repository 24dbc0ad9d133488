using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>The keys that operators hold: decisions of theirs, which outlive every configuration.</summary>
internal static class SuspensionTable
{
    private const string Columns = "key_id, since, actor, reason, until";

    private static readonly ManyStatement s_of = new($"SELECT {Columns} FROM key_suspension WHERE key_id IN (@each)");

    /// <summary>All of them.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, Suspension>> AllAsync(
        StateTransaction transaction, CancellationToken cancellationToken) =>
        (await transaction.Prepare($"SELECT {Columns} FROM key_suspension ORDER BY key_id").ReadAsync(Read, cancellationToken))
            .ToDictionary();

    /// <summary>Whether any key is held.</summary>
    public static async Task<bool> AnyAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        (await transaction.Prepare("SELECT EXISTS (SELECT 1 FROM key_suspension)").ReadAsync(row => row.Flag(), cancellationToken)).Single();

    /// <summary>Those of the given keys. Any number of keys; few statements.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, Suspension>> OfAsync(
        StateTransaction transaction, IEnumerable<KeyId> keys, CancellationToken cancellationToken)
    {
        var rows = await s_of.ReadAsync(transaction, keys.Select(key => key.Value).Distinct(), null, Read, cancellationToken);
        return rows.DistinctBy(row => row.Key).ToDictionary();
    }

    /// <summary>Those whose time is over. By index.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, Suspension>> OverAsync(
        StateTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken) => (await transaction
        .Prepare($"SELECT {Columns} FROM key_suspension WHERE until IS NOT NULL AND until <= @now ORDER BY until, key_id")
        .Set("@now", now)
        .ReadAsync(Read, cancellationToken)).ToDictionary();

    /// <summary>Adds one. False where an operator holds the key already: nothing was changed.</summary>
    public static async Task<bool> AddAsync(
        StateTransaction transaction, KeyId key, Suspension suspension, CancellationToken cancellationToken) => await transaction
        .Prepare(
            $"""
            INSERT INTO key_suspension ({Columns}) VALUES (@key, @since, @actor, @reason, @until)
            ON CONFLICT (key_id) DO NOTHING
            """)
        .Set("@key", key.Value)
        .Set("@since", suspension.Since)
        .Set("@actor", suspension.By)
        .Set("@reason", suspension.Reason)
        .Set("@until", suspension.Until)
        .ExecuteAsync(cancellationToken) == 1;

    /// <summary>Removes one. False where no operator holds the key.</summary>
    public static async Task<bool> RemoveAsync(StateTransaction transaction, KeyId key, CancellationToken cancellationToken) =>
        await transaction.Prepare("DELETE FROM key_suspension WHERE key_id = @key").Set("@key", key.Value)
            .ExecuteAsync(cancellationToken) == 1;

    private static KeyValuePair<KeyId, Suspension> Read(Row row) => new(
        row.Key(), new Suspension { Since = row.Time(), By = row.Text(), Reason = row.Text(), Until = row.TimeOrNull() });
}
