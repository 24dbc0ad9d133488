using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>Figures over what is known: what metrics are made of.</summary>
internal static class FigureTable
{
    private static readonly ManyStatement s_keys = new(
        """
        SELECT key_id, version, state, verdict, reason, first_seen_at, checked_at, accepted_at, expires_at, next_check_at
        FROM key_status WHERE key_id IN (@each)
        """);

    private static readonly ManyStatement s_rotated = new(
        """
        SELECT key_id, max(live_at) FROM rotation
        WHERE key_id IN (@each) AND kind = 'Replacement' AND live_at IS NOT NULL GROUP BY key_id
        """);

    /// <summary>The figures of the given keys; a key that was never checked is not in it.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, KeyFigures>> KeysAsync(
        StateTransaction transaction, IEnumerable<KeyId> keys, CancellationToken cancellationToken)
    {
        var rows = await s_keys.ReadAsync(transaction, keys.Select(key => key.Value), null, ReadKey, cancellationToken);
        return rows.DistinctBy(row => row.KeyId).ToDictionary(row => row.KeyId);
    }

    /// <summary>When a replacement of each of the given keys was last live everywhere (UTC); a key without is not in it.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, DateTimeOffset>> RotatedAsync(
        StateTransaction transaction, IEnumerable<KeyId> keys, CancellationToken cancellationToken)
    {
        var rows = await s_rotated.ReadAsync(
            transaction, keys.Select(key => key.Value), null, row => KeyValuePair.Create(row.Key(), row.Time()), cancellationToken);
        return rows.DistinctBy(row => row.Key).ToDictionary();
    }

    /// <summary>Open findings by reason and severity.</summary>
    public static async Task<IReadOnlyList<FindingCount>> FindingsAsync(
        StateTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken) => await transaction
        .Prepare(
            """
            SELECT reason, severity, count(*) FILTER (WHERE held_until IS NULL OR held_until <= @now), count(*)
            FROM finding WHERE resolved_at IS NULL GROUP BY reason, severity
            """)
        .Set("@now", now)
        .ReadAsync(
            row => new FindingCount(row.Member<FindingReason>(), row.Member<Severity>(), row.Long(), row.Long()), cancellationToken);

    /// <summary>Since when something is open: of all findings of one reason about one subject that are not held, the oldest. Infos are left
    /// out.</summary>
    public static async Task<IReadOnlyList<OpenFinding>> OpenSinceAsync(
        StateTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken) => await transaction
        .Prepare(
            """
            SELECT subject_kind, subject, reason, severity, min(opened_at) FROM finding
            WHERE resolved_at IS NULL AND severity <> 'Info' AND (held_until IS NULL OR held_until <= @now)
            GROUP BY subject_kind, subject, reason, severity ORDER BY subject_kind, subject, reason, severity
            """)
        .Set("@now", now)
        .ReadAsync(
            row => new OpenFinding(
                new(row.Member<SubjectKind>(), row.Text()), row.Member<FindingReason>(), row.Member<Severity>(), row.Time()),
            cancellationToken);

    /// <summary>Rotations by phase, ended ones too.</summary>
    public static async Task<IReadOnlyList<RotationCount>> RotationsAsync(
        StateTransaction transaction, CancellationToken cancellationToken) => await transaction
        .Prepare("SELECT phase, count(*), min(submitted_at) FROM rotation GROUP BY phase")
        .ReadAsync(row => new RotationCount(row.Member<RotationPhase>(), row.Long(), row.Time()), cancellationToken);

    /// <summary>What is known of provider instances.</summary>
    public static async Task<IReadOnlyList<InstanceFigures>> InstancesAsync(
        StateTransaction transaction, CancellationToken cancellationToken) => await transaction
        .Prepare("SELECT provider, not_before, unreachable_since FROM instance_status ORDER BY provider")
        .ReadAsync(row => new InstanceFigures(row.Text(), row.TimeOrNull(), row.TimeOrNull()), cancellationToken);

    /// <summary>When each job last succeeded, whichever process ran it (UTC).</summary>
    public static async Task<IReadOnlyDictionary<string, DateTimeOffset>> JobsAsync(
        StateTransaction transaction, CancellationToken cancellationToken) => (await transaction
        .Prepare("SELECT job, succeeded_at FROM job_status WHERE succeeded_at IS NOT NULL")
        .ReadAsync(row => KeyValuePair.Create(row.Text(), row.Time()), cancellationToken)).ToDictionary();

    private static KeyFigures ReadKey(Row row) => new()
    {
        KeyId = row.Key(),
        Version = row.Int(),
        State = row.Member<KeyState>(),
        Verdict = row.Member<Verdict>(),
        Reason = row.Member<VerdictReason>(),
        FirstSeenAt = row.TimeOrNull(),
        CheckedAt = row.TimeOrNull(),
        AcceptedAt = row.TimeOrNull(),
        ExpiresAt = row.TimeOrNull(),
        NextCheckAt = row.TimeOrNull(),
    };
}

/// <summary>How many findings of one reason and severity are open.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Severity">The severity.</param>
/// <param name="Open">Those that nothing holds back.</param>
/// <param name="All">Held ones too.</param>
internal sealed record FindingCount(FindingReason Reason, Severity Severity, long Open, long All);

/// <summary>Something that is open.</summary>
internal sealed record OpenFinding(FindingSubject Subject, FindingReason Reason, Severity Severity, DateTimeOffset OpenedAt);

/// <summary>How many rotations are in a phase, and when the first of them was submitted (UTC).</summary>
internal sealed record RotationCount(RotationPhase Phase, long Count, DateTimeOffset OldestAt);

/// <summary>What is known of a provider instance.</summary>
internal sealed record InstanceFigures(string Provider, DateTimeOffset? NotBefore, DateTimeOffset? UnreachableSince);
