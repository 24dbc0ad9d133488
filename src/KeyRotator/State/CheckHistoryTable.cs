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
        foreach (var wave in Waves(checks))
        {
            var extended = await transaction.Prepare(Extend).ExecuteManyAsync(wave, Run, cancellationToken);
            var changed = wave.Where((_, index) => extended[index] == 0).ToList();
            if (changed.Count > 0)
            {
                await transaction.Prepare(Close)
                    .ExecuteManyAsync(changed, static (close, check) => close.Set("@key", check.KeyId.Value), cancellationToken);
                await transaction.Prepare(Start).ExecuteManyAsync(changed, Run, cancellationToken);
            }
        }

        static void Run(Statement statement, KeyStatus check) => Set(statement, check);
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

    // A key's second check is recorded behind its first.
    private static IEnumerable<List<KeyStatus>> Waves(IReadOnlyList<KeyStatus> checks)
    {
        var wave = new List<KeyStatus>(checks.Count);
        var keys = new HashSet<KeyId>();
        foreach (var check in checks.Where(check => check.CheckedAt is not null))
        {
            if (!keys.Add(check.KeyId))
            {
                yield return wave;
                (wave, keys) = ([], [check.KeyId]);
            }

            wave.Add(check);
        }

        yield return wave;
    }

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
