using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>The last status of every key ever checked.</summary>
internal static class KeyStatusTable
{
    private static readonly ManyStatement s_load = new($"SELECT {KeyStatusRow.Columns} FROM key_status WHERE key_id IN (@each)");

    private static readonly ManyStatement s_timings = new(
        """
        SELECT key_id, provider, fingerprint, proven_verdict, checked_at, probed_at, rejected_since, next_check_at
        FROM key_status WHERE key_id IN (@each)
        """);

    private static readonly ManyStatement s_holders = new(
        "SELECT fingerprint, key_id FROM key_status WHERE fingerprint IN (@each) AND NOT is_missing");

    private static readonly string[] s_columns = KeyStatusRow.Columns.Split([',', ' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    // The common case. It leaves the fingerprint's index alone, whose pages lie anywhere: writing them would cost more than all the rest.
    private static readonly string s_update =
        $"""
        UPDATE key_status SET {Assign("@", s_columns.Except(["key_id", "fingerprint"]))}
        WHERE key_id = @key_id AND fingerprint = @fingerprint
        """;

    private static readonly string s_upsert =
        $"""
        INSERT INTO key_status ({KeyStatusRow.Columns}) VALUES ({string.Join(", ", s_columns.Select(column => $"@{column}"))})
        ON CONFLICT (key_id) DO UPDATE SET {Assign("excluded.", s_columns)}
        """;

    /// <summary>The statuses of the given keys; a key that was never checked is not in it. Any number of ids; few statements.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, KeyStatus>> LoadAsync(
        StateTransaction transaction, IReadOnlyCollection<KeyId> keys, CancellationToken cancellationToken)
    {
        var ids = keys.Select(key => key.Value).Distinct();
        var rows = await s_load.ReadAsync(transaction, ids, null, KeyStatusRow.Read, cancellationToken);
        return rows.ToDictionary(status => status.KeyId);
    }

    /// <summary>When the given keys were checked and are due; a key that was never checked is not in it. A fraction of the cost of
    /// <see cref="LoadAsync"/>.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, KeyTiming>> TimingsAsync(
        StateTransaction transaction, IEnumerable<KeyId> keys, CancellationToken cancellationToken)
    {
        var rows = await s_timings.ReadAsync(transaction, keys.Select(key => key.Value), null, ReadTiming, cancellationToken);
        return rows.ToDictionary(timing => timing.KeyId);
    }

    /// <summary>Inserts or replaces one row a status, with prepared statements.</summary>
    public static async Task SaveAsync(StateTransaction transaction, IReadOnlyList<KeyStatus> statuses, CancellationToken cancellationToken)
    {
        var changed = await transaction.Prepare(s_update).ExecuteManyAsync(statuses, Set, cancellationToken);
        var others = statuses.Where((_, index) => changed[index] == 0).ToList();
        if (others.Count > 0)
        {
            await transaction.Prepare(s_upsert).ExecuteManyAsync(others, Set, cancellationToken);
        }

        static void Set(Statement statement, KeyStatus status) => KeyStatusRow.Set(statement, status);
    }

    /// <summary>When each key is due, without the rest of its row: at most <paramref name="limit"/> keys whose NextCheckAt is not after
    /// <paramref name="now"/>, longest due first. By index.</summary>
    public static async Task<IReadOnlyList<KeyId>> DueAsync(
        StateTransaction transaction, DateTimeOffset now, int limit, CancellationToken cancellationToken) => await transaction
        .Prepare("SELECT key_id FROM key_status WHERE next_check_at <= @now ORDER BY next_check_at, key_id LIMIT @limit")
        .Set("@now", now)
        .Set("@limit", limit)
        .ReadAsync(row => row.Key(), cancellationToken);

    /// <summary>How many of an instance's keys were probed at or after <paramref name="since"/>. By index.</summary>
    public static async Task<int> CountProbedAsync(
        StateTransaction transaction, string provider, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var rows = await transaction.Prepare("SELECT count(*) FROM key_status WHERE provider = @provider AND probed_at >= @since")
            .Set("@provider", provider)
            .Set("@since", since)
            .ReadAsync(row => row.Int(), cancellationToken);
        return rows.Single();
    }

    /// <summary>The keys of which a location could not be read at the last look, and where those keys are. By index.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, IReadOnlyList<LocationStatus>>> UnreadAsync(
        StateTransaction transaction, CancellationToken cancellationToken)
    {
        var rows = await transaction.Prepare("SELECT key_id, locations FROM key_status WHERE is_unread ORDER BY key_id")
            .ReadAsync(row => KeyValuePair.Create(row.Key(), LocationsColumn.Read(row.TextOrNull())), cancellationToken);
        return rows.ToDictionary();
    }

    /// <summary>Says that what is known of an instance's keys was learned elsewhere: the next assessment forgets it, and they are due now.
    /// By index.</summary>
    public static Task DisownAsync(
        StateTransaction transaction, string provider, DateTimeOffset now, CancellationToken cancellationToken) => transaction
        .Prepare(
            "UPDATE key_status SET provider = '', checked_at = NULL, probed_at = NULL, next_check_at = @now WHERE provider = @provider")
        .Set("@provider", provider)
        .Set("@now", now)
        .ExecuteAsync(cancellationToken);

    /// <summary>The keys at whose place stands a value with one of the given fingerprints. By index; used for KeyShared.</summary>
    public static async Task<ILookup<Fingerprint, KeyId>> HoldersAsync(
        StateTransaction transaction, IReadOnlyCollection<Fingerprint> fingerprints, CancellationToken cancellationToken)
    {
        var values = fingerprints.Select(fingerprint => fingerprint.Hex).Distinct();
        var rows = await s_holders.ReadAsync(
            transaction, values, null, row => (Print: row.Fingerprint(), Key: row.Key()), cancellationToken);
        return rows.ToLookup(row => row.Print, row => row.Key);
    }

    /// <summary>Has a key looked at now that was held: whatever could not be proven before counts from now on.</summary>
    public static Task WakeAsync(
        StateTransaction transaction, KeyId key, DateTimeOffset now, CancellationToken cancellationToken) => transaction
        .Prepare(
            """
            UPDATE key_status SET next_check_at = @now,
              inconclusive_since = CASE WHEN inconclusive_since IS NULL THEN NULL ELSE @now END
            WHERE key_id = @key
            """)
        .Set("@now", now)
        .Set("@key", key.Value)
        .ExecuteAsync(cancellationToken);

    /// <summary>Has one key looked at by then (UTC), where that is sooner.</summary>
    public static Task HastenAsync(
        StateTransaction transaction, KeyId key, DateTimeOffset at, CancellationToken cancellationToken) => transaction
        .Prepare("UPDATE key_status SET next_check_at = @at WHERE key_id = @key AND next_check_at > @at")
        .Set("@at", at)
        .Set("@key", key.Value)
        .ExecuteAsync(cancellationToken);

    /// <summary>Has an instance's keys whose rejections began at or after <paramref name="since"/> asked again at <paramref name="at"/>,
    /// where that is sooner.</summary>
    public static Task HastenRejectedAsync(
        StateTransaction transaction, string provider, DateTimeOffset since, DateTimeOffset at, CancellationToken cancellationToken) =>
        transaction
            .Prepare(
                """
                UPDATE key_status SET next_check_at = @at
                WHERE provider = @provider AND probed_at >= @since AND verdict = 'Rejected' AND rejected_since >= @since
                  AND next_check_at > @at
                """)
            .Set("@provider", provider)
            .Set("@since", since)
            .Set("@at", at)
            .ExecuteAsync(cancellationToken);

    /// <summary>Removes a key's status, versions, history and findings: the key left the inventory and an operator said forget. Messages on
    /// their way stay.</summary>
    public static async Task ForgetAsync(StateTransaction transaction, KeyId key, CancellationToken cancellationToken)
    {
        foreach (var table in (string[])["key_status", "key_version", "check_run", "key_suspension"])
        {
            await transaction.Prepare($"DELETE FROM {table} WHERE key_id = @key").Set("@key", key.Value).ExecuteAsync(cancellationToken);
        }

        foreach (var half in (string[])["resolved_at IS NULL", "resolved_at IS NOT NULL"])
        {
            await transaction.Prepare($"DELETE FROM finding WHERE {half} AND subject_kind = @kind AND subject = @key")
                .Set("@kind", SubjectKind.Key)
                .Set("@key", key.Value)
                .ExecuteAsync(cancellationToken);
        }
    }

    private static string Assign(string source, IEnumerable<string> columns) =>
        string.Join(", ", columns.Select(column => $"{column} = {source}{column}"));

    private static KeyTiming ReadTiming(Row row) => new()
    {
        KeyId = row.Key(),
        Provider = row.Text(),
        Fingerprint = row.FingerprintOrNull(),
        ProvenVerdict = row.Member<Verdict>(),
        CheckedAt = row.TimeOrNull(),
        ProbedAt = row.TimeOrNull(),
        RejectedSince = row.TimeOrNull(),
        NextCheckAt = row.TimeOrNull(),
    };
}

/// <summary>Counts over the distinct values of one provider instance that were probed in a window. A value whose rejection began before the
/// window is known to be bad, and says nothing about the provider: it is counted apart.</summary>
/// <param name="Probed">Distinct values probed, known bad ones left out.</param>
/// <param name="Accepted">Of them, last answer Accepted.</param>
/// <param name="Rejected">Of them, last answer Rejected, confirmed or not, AccountBlocked apart.</param>
/// <param name="Unreachable">Of them, last answer Inconclusive because nobody answered for the provider.</param>
/// <param name="FirstRejectionAt">When the earliest of the rejections began (UTC), or null.</param>
internal sealed record GuardWindow(int Probed, int Accepted, int Rejected, int Unreachable, DateTimeOffset? FirstRejectionAt)
{
    /// <summary>Distinct values probed whose rejection began before the window.</summary>
    public int Known { get; init; }
}
