using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>How a rotation stands in its row.</summary>
internal static class RotationRow
{
    /// <summary>The columns, in the order in which they are read.</summary>
    public const string Columns =
        """
        id, uid, key_id, kind, phase, actor, submitted_at, old_fingerprint, new_fingerprint, is_emergency, is_old_dead, waives_proof,
        expires_at, grace, proven_at, live_at, revoked_at, death_rejections, death_since, death_last_at, alive_at, next_at, needs, outcome,
        ended_at, revived_at, account, operator, due_at, lapses_at, approvals, approved_by, approved_at, asked_at
        """;

    /// <summary>What a step may change.</summary>
    public static Statement Set(Statement statement, KeyRotation rotation) => statement
        .Set("@phase", rotation.Phase)
        .Set("@old", rotation.OldFingerprint)
        .Set("@new", rotation.NewFingerprint)
        .Set("@emergency", rotation.IsEmergency)
        .Set("@dead", rotation.IsOldDead)
        .Set("@waives", rotation.WaivesProof)
        .Set("@expires", rotation.ExpiresAt)
        .Set("@grace", rotation.Grace.Ticks)
        .Set("@proven", rotation.ProvenAt)
        .Set("@live", rotation.LiveAt)
        .Set("@revoked", rotation.RevokedAt)
        .Set("@death_rejections", rotation.Death.Rejections)
        .Set("@death_since", rotation.Death.Since)
        .Set("@death_last", rotation.Death.LastAt)
        .Set("@alive", rotation.Death.AliveAt)
        .Set("@next", rotation.NextAt)
        .Set("@needs", rotation.Needs)
        .Set("@outcome", rotation.Outcome)
        .Set("@ended", rotation.EndedAt)
        .Set("@revived", rotation.RevivedAt)
        .Set("@approved_by", rotation.Terms.Approval?.By)
        .Set("@approved_at", rotation.Terms.Approval?.At)
        .Set("@asked", rotation.AskedAt);

    /// <summary>A rotation without its locations.</summary>
    public static KeyRotation Read(Row row) => new()
    {
        Id = row.Long(),
        Uid = Guid.Parse(row.Text()),
        KeyId = row.Key(),
        Kind = row.Member<RotationKind>(),
        Phase = row.Member<RotationPhase>(),
        Actor = row.Text(),
        SubmittedAt = row.Time(),
        OldFingerprint = row.FingerprintOrNull(),
        NewFingerprint = row.Fingerprint(),
        IsEmergency = row.Flag(),
        IsOldDead = row.Flag(),
        WaivesProof = row.Flag(),
        ExpiresAt = row.TimeOrNull(),
        Grace = TimeSpan.FromTicks(row.Long()),
        ProvenAt = row.TimeOrNull(),
        LiveAt = row.TimeOrNull(),
        RevokedAt = row.TimeOrNull(),
        Death = new(row.Int(), row.TimeOrNull(), row.TimeOrNull(), row.TimeOrNull()),
        NextAt = row.TimeOrNull(),
        Needs = row.TextOrNull(),
        Outcome = row.TextOrNull(),
        EndedAt = row.TimeOrNull(),
        RevivedAt = row.TimeOrNull(),
        Terms = ReadTerms(row),
        AskedAt = row.TimeOrNull(),
        Locations = [],
    };

    private static RotationTerms ReadTerms(Row row)
    {
        var (account, person) = (row.TextOrNull(), row.TextOrNull());
        var terms = new RotationTerms
        {
            Submitter = account is null ? null : new(account, person),
            DueAt = row.TimeOrNull(),
            LapsesAt = row.TimeOrNull(),
            Approvals = row.Int(),
        };
        return (row.TextOrNull(), row.TimeOrNull()) is ({ } by, { } at) ? terms with { Approval = new(by, at) } : terms;
    }
}
