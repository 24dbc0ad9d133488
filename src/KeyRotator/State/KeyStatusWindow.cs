namespace KeyRotator.State;

/// <summary>The last answers of one instance's keys, counted.</summary>
internal static class KeyStatusWindow
{
    private const string Counts =
        """
        SELECT count(*) FILTER (WHERE NOT is_known),
          count(*) FILTER (WHERE verdict = 'Accepted'),
          count(*) FILTER (WHERE verdict = 'Rejected' AND reason <> 'AccountBlocked' AND NOT is_known),
          count(*) FILTER (WHERE verdict = 'Inconclusive'
            AND reason IN ('Network', 'Tls', 'Timeout', 'ProviderError', 'EdgeBlocked', 'Redirected', 'UnexpectedBody')),
          min(coalesce(rejected_since, verdict_since)) FILTER (WHERE verdict = 'Rejected' AND reason <> 'AccountBlocked' AND NOT is_known),
          count(*) FILTER (WHERE is_known)
        FROM (
          SELECT verdict, reason, rejected_since, verdict_since,
            verdict = 'Rejected' AND coalesce(rejected_since, verdict_since) < @since AS is_known,
            row_number() OVER (PARTITION BY fingerprint ORDER BY probed_at DESC, key_id) AS place
          FROM key_status
          WHERE provider = @provider AND probed_at >= @since AND fingerprint IS NOT NULL AND NOT is_missing AND defect = 'None'
            AND reason NOT IN ('NotProbed', 'StoreUnavailable')
        ) AS last_answers
        WHERE place = 1
        """;

    /// <summary>What the outage guard sees of one instance: distinct values (by fingerprint) probed at or after <paramref name="since"/>;
    /// of a value that several keys hold, the last answer. By index (provider, probed_at).</summary>
    public static async Task<GuardWindow> ReadAsync(
        StateTransaction transaction, string provider, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var rows = await transaction.Prepare(Counts)
            .Set("@provider", provider)
            .Set("@since", since)
            .ReadAsync(Read, cancellationToken);
        return rows.Single();
    }

    private static GuardWindow Read(Row row) =>
        new(row.Int(), row.Int(), row.Int(), row.Int(), row.TimeOrNull()) { Known = row.Int() };
}
