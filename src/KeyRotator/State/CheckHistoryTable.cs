using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>What each key's checks said over time. A run of equal answers is one row.</summary>
internal static class CheckHistoryTable
{
    private const int NoAnswer = 0;

    // A clock that was set back does not shorten a run.
    private const string Extend =
        """
        UPDATE check_run SET checks = checks + 1, to_at = CASE WHEN to_at < @at THEN @at ELSE to_at END
        WHERE key_id = @key AND is_newest AND version = @version AND verdict = @verdict AND reason = @reason AND http_status = @http_status
        """;

    private const string Close = "UPDATE check_run SET is_newest = FALSE WHERE key_id = @key AND is_newest";

    private const string Start =
        """
        INSERT INTO check_run (key_id, version, verdict, reason, http_status, from_at, to_at, checks, is_newest)
        VALUES (@key, @version, @verdict, @reason, @http_status, @at, @at, 1, TRUE)
        """;

    /// <summary>Adds one check a key: extends the key's last run where version, verdict, reason and status are the same, else starts a new
    /// one. A status without CheckedAt is no check.</summary>
    public static async Task RecordAsync(StateTransaction transaction, IReadOnlyList<KeyStatus> checks, CancellationToken cancellationToken)
    {
        var extend = transaction.Prepare(Extend);
        foreach (var check in checks)
        {
            if (check.CheckedAt is not null && await Set(extend, check).ExecuteAsync(cancellationToken) == 0)
            {
                await transaction.Prepare(Close).Set("@key", check.KeyId.Value).ExecuteAsync(cancellationToken);
                await Set(transaction.Prepare(Start), check).ExecuteAsync(cancellationToken);
            }
        }
    }

    /// <summary>A key's runs, newest first.</summary>
    public static async Task<IReadOnlyList<CheckRun>> OfAsync(
        StateTransaction transaction, KeyId key, int limit, CancellationToken cancellationToken) => await transaction
        .Prepare(
            """
            SELECT version, verdict, reason, http_status, from_at, to_at, checks FROM check_run
            WHERE key_id = @key ORDER BY id DESC LIMIT @limit
            """)
        .Set("@key", key.Value)
        .Set("@limit", limit)
        .ReadAsync(Read, cancellationToken);

    /// <summary>Removes runs that ended before the given time, but never a key's newest. At most <paramref name="limit"/> rows; returns how
    /// many went.</summary>
    public static Task<int> PruneAsync(
        StateTransaction transaction, DateTimeOffset before, int limit, CancellationToken cancellationToken) => transaction
        .Prepare(
            """
            DELETE FROM check_run WHERE id IN
              (SELECT id FROM check_run WHERE NOT is_newest AND to_at < @before ORDER BY to_at LIMIT @limit)
            """)
        .Set("@before", before)
        .Set("@limit", limit)
        .ExecuteAsync(cancellationToken);

    private static Statement Set(Statement statement, KeyStatus check) => statement
        .Set("@key", check.KeyId.Value)
        .Set("@version", check.Version)
        .Set("@verdict", check.Verdict)
        .Set("@reason", check.Reason)
        .Set("@http_status", check.HttpStatus ?? NoAnswer)
        .Set("@at", check.CheckedAt);

    private static CheckRun Read(Row row) => new(
        row.Int(),
        row.Member<Verdict>(),
        row.Member<VerdictReason>(),
        row.Int() is var status and not NoAnswer ? status : null,
        row.Time(),
        row.Time(),
        row.Long());
}

/// <summary>A run of equal answers.</summary>
/// <param name="Version">Key version's sequence.</param>
/// <param name="Verdict">What was proven.</param>
/// <param name="Reason">Why.</param>
/// <param name="HttpStatus">HTTP status, or null.</param>
/// <param name="From">First check of the run (UTC).</param>
/// <param name="To">Last check of the run (UTC).</param>
/// <param name="Checks">How many checks.</param>
internal sealed record CheckRun(
    int Version, Verdict Verdict, VerdictReason Reason, int? HttpStatus, DateTimeOffset From, DateTimeOffset To, long Checks);
