using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>The open rotations whose new value waits, as an overview shows them. Few by nature: the others are not read.</summary>
internal static class WaitingRotationTable
{
    private static readonly ManyStatement s_of = new(
        """
        SELECT key_id, id, due_at, lapses_at, approvals > 0 AND approved_at IS NULL FROM rotation
        WHERE ended_at IS NULL AND phase = 'Held' AND key_id IN (@each)
        """);

    /// <summary>Those of the given keys. Any number of keys; few statements.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, WaitingRotation>> OfAsync(
        StateTransaction transaction, IEnumerable<KeyId> keys, CancellationToken cancellationToken)
    {
        var rows = await s_of.ReadAsync(
            transaction,
            keys.Select(key => key.Value),
            null,
            row => (Key: row.Key(), Waiting: new WaitingRotation(row.Long(), row.TimeOrNull(), row.TimeOrNull(), row.Flag())),
            cancellationToken);
        return rows.DistinctBy(row => row.Key).ToDictionary(row => row.Key, row => row.Waiting);
    }
}

/// <summary>A rotation whose new value waits.</summary>
/// <param name="Id">Its number.</param>
/// <param name="DueAt">When it goes live (UTC); null for as soon as it is approved.</param>
/// <param name="LapsesAt">When it ends otherwise (UTC), or null.</param>
/// <param name="AwaitsApproval">Whether somebody must approve it first.</param>
internal sealed record WaitingRotation(long Id, DateTimeOffset? DueAt, DateTimeOffset? LapsesAt, bool AwaitsApproval);
