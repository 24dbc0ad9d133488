using KeyRotator.Audit;

namespace KeyRotator.State;

/// <summary>How far the audit's chain was found whole.</summary>
internal static class AuditProofTable
{
    /// <summary>What was found last, or null where nobody looked yet.</summary>
    public static async Task<ProvenAudit?> LoadAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        (await transaction.Prepare("SELECT sequence, hash, whole_at FROM audit_proof")
            .ReadAsync(row => new ProvenAudit(new AuditHead(row.Long(), row.Text()), row.Time()), cancellationToken)).SingleOrDefault();

    /// <summary>Keeps what was found. Somebody who looked farther meanwhile is right.</summary>
    public static Task SaveAsync(StateTransaction transaction, ProvenAudit proven, CancellationToken cancellationToken) => transaction
        .Prepare(
            """
            INSERT INTO audit_proof (only_row, sequence, hash, whole_at) VALUES (1, @sequence, @hash, @whole)
            ON CONFLICT (only_row) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, whole_at = excluded.whole_at
            WHERE excluded.sequence >= audit_proof.sequence OR excluded.whole_at > audit_proof.whole_at
            """)
        .Set("@sequence", proven.Head.Sequence)
        .Set("@hash", proven.Head.Hash)
        .Set("@whole", proven.WholeAt)
        .ExecuteAsync(cancellationToken);
}

/// <summary>The audit as far as it was found whole.</summary>
/// <param name="Head">The last row that was looked at.</param>
/// <param name="WholeAt">When the whole chain was gone along last (UTC).</param>
internal sealed record ProvenAudit(AuditHead Head, DateTimeOffset WholeAt);
