using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>The journal of rotations. At most one replacement of a key is open, and one watch of each older value: unique indexes see to
/// it.</summary>
internal static class RotationTable
{
    private static readonly ManyStatement s_openOf =
        new($"SELECT {RotationRow.Columns} FROM rotation WHERE ended_at IS NULL AND kind <> 'Watch' AND key_id IN (@each)");

    private static readonly ManyStatement s_traces = new(
        """
        SELECT key_id, new_fingerprint, old_fingerprint, expires_at FROM rotation
        WHERE id IN (SELECT max(id) FROM rotation WHERE key_id IN (@each) AND kind = 'Replacement' GROUP BY key_id)
        """);

    /// <summary>Opens a rotation and leases it to the caller; returns it with its number. Null where one like it is open.</summary>
    public static async Task<RotationLease?> OpenAsync(
        StateTransaction transaction, KeyRotation rotation, DateTimeOffset leasedUntil, CancellationToken cancellationToken)
    {
        var ids = await RotationRow.Set(
            transaction.Prepare(
                """
                INSERT INTO rotation (uid, key_id, kind, phase, actor, submitted_at, old_fingerprint, new_fingerprint, is_emergency,
                  is_old_dead, waives_proof, expires_at, grace, proven_at, live_at, revoked_at, death_rejections, death_since,
                  death_last_at, alive_at, next_at, needs, outcome, ended_at, revived_at, account, operator, due_at, lapses_at, approvals,
                  approved_by, approved_at, asked_at, fence, leased_until)
                VALUES (@uid, @key, @kind, @phase, @actor, @submitted, @old, @new, @emergency, @dead, @waives, @expires, @grace, @proven,
                  @live, @revoked, @death_rejections, @death_since, @death_last, @alive, @next, @needs, @outcome, @ended, @revived, @account,
                  @operator, @due, @lapses, @approvals, @approved_by, @approved_at, @asked, 1, @leased)
                ON CONFLICT DO NOTHING
                RETURNING id
                """),
            rotation)
            .Set("@uid", rotation.Uid.ToString())
            .Set("@key", rotation.KeyId.Value)
            .Set("@kind", rotation.Kind)
            .Set("@actor", rotation.Actor)
            .Set("@submitted", rotation.SubmittedAt)
            .Set("@account", rotation.Terms.Submitter?.Account)
            .Set("@operator", rotation.Terms.Submitter?.Operator)
            .Set("@due", rotation.Terms.DueAt)
            .Set("@lapses", rotation.Terms.LapsesAt)
            .Set("@approvals", rotation.Terms.Approvals)
            .Set("@leased", leasedUntil)
            .ReadAsync(row => row.Long(), cancellationToken);
        if (ids is not [var id])
        {
            return null;
        }

        await RotationLocationTable.InsertAsync(transaction, id, rotation.Places, cancellationToken);
        return new(rotation with { Id = id }, 1);
    }

    /// <summary>Takes an open rotation to work on it: nobody else's writes count from then on. Null where it has ended, is not there, or
    /// somebody else works on it.</summary>
    public static async Task<RotationLease?> LeaseAsync(
        StateTransaction transaction, long id, DateTimeOffset now, DateTimeOffset leasedUntil, CancellationToken cancellationToken)
    {
        var fences = await transaction
            .Prepare(
                """
                UPDATE rotation SET fence = fence + 1, leased_until = @until
                WHERE id = @id AND ended_at IS NULL AND leased_until <= @now RETURNING fence
                """)
            .Set("@id", id)
            .Set("@now", now)
            .Set("@until", leasedUntil)
            .ReadAsync(row => row.Long(), cancellationToken);
        return fences is [var fence] && await FindAsync(transaction, id, cancellationToken) is { } rotation
            ? new(rotation, fence)
            : null;
    }

    /// <summary>Records what became of a leased rotation, and keeps the lease. False where somebody else holds it now: nothing was
    /// changed.</summary>
    public static async Task<bool> SaveAsync(
        StateTransaction transaction, RotationLease lease, DateTimeOffset leasedUntil, CancellationToken cancellationToken)
    {
        var changed = await RotationRow.Set(
            transaction.Prepare(
                """
                UPDATE rotation SET phase = @phase, old_fingerprint = @old, new_fingerprint = @new, is_emergency = @emergency,
                  is_old_dead = @dead, waives_proof = @waives, expires_at = @expires, grace = @grace, proven_at = @proven, live_at = @live,
                  revoked_at = @revoked, death_rejections = @death_rejections, death_since = @death_since, death_last_at = @death_last,
                  alive_at = @alive, next_at = @next, needs = @needs, outcome = @outcome, ended_at = @ended, revived_at = @revived,
                  approved_by = @approved_by, approved_at = @approved_at, asked_at = @asked, leased_until = @leased
                WHERE id = @id AND fence = @fence AND ended_at IS NULL
                """),
            lease.Rotation)
            .Set("@id", lease.Rotation.Id)
            .Set("@fence", lease.Fence)
            .Set("@leased", leasedUntil)
            .ExecuteAsync(cancellationToken);
        if (changed == 1)
        {
            await RotationLocationTable.SaveAsync(transaction, lease.Rotation.Id, lease.Rotation.Places, cancellationToken);
        }

        return changed == 1;
    }

    /// <summary>Lets a leased rotation go. False where somebody else has taken it: nothing was done.</summary>
    public static async Task<bool> ReleaseAsync(
        StateTransaction transaction, RotationLease lease, CancellationToken cancellationToken) => await transaction
        .Prepare("UPDATE rotation SET leased_until = 0 WHERE id = @id AND fence = @fence")
        .Set("@id", lease.Rotation.Id)
        .Set("@fence", lease.Fence)
        .ExecuteAsync(cancellationToken) == 1;

    /// <summary>One rotation, or null.</summary>
    public static async Task<KeyRotation?> FindAsync(StateTransaction transaction, long id, CancellationToken cancellationToken)
    {
        var rows = await transaction.Prepare($"SELECT {RotationRow.Columns} FROM rotation WHERE id = @id").Set("@id", id)
            .ReadAsync(RotationRow.Read, cancellationToken);
        return (await WholeAsync(transaction, rows, cancellationToken)).SingleOrDefault();
    }

    /// <summary>The open replacements of the given keys. Any number of keys; few statements.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, KeyRotation>> OpenOfAsync(
        StateTransaction transaction, IEnumerable<KeyId> keys, CancellationToken cancellationToken)
    {
        var rows = await s_openOf.ReadAsync(transaction, keys.Select(key => key.Value), null, RotationRow.Read, cancellationToken);
        var whole = await WholeAsync(transaction, [.. rows.DistinctBy(rotation => rotation.Id)], cancellationToken);
        return whole.ToDictionary(rotation => rotation.KeyId);
    }

    /// <summary>What the newest rotation of each of the given keys put in place. Any number of keys; few statements.</summary>
    public static async Task<IReadOnlyDictionary<KeyId, RotationTrace>> TracesAsync(
        StateTransaction transaction, IEnumerable<KeyId> keys, CancellationToken cancellationToken)
    {
        var rows = await s_traces.ReadAsync(
            transaction,
            keys.Select(key => key.Value),
            null,
            row => (Key: row.Key(), Trace: new RotationTrace(row.Fingerprint(), row.FingerprintOrNull(), row.TimeOrNull())),
            cancellationToken);
        return rows.DistinctBy(row => row.Key).ToDictionary(row => row.Key, row => row.Trace);
    }

    /// <summary>Whether a value was ever handed in for a key. By index.</summary>
    public static async Task<bool> WasHandedInAsync(
        StateTransaction transaction, KeyId key, Fingerprint value, CancellationToken cancellationToken) =>
        (await transaction.Prepare("SELECT count(*) FROM rotation WHERE new_fingerprint = @value AND key_id = @key")
            .Set("@value", value)
            .Set("@key", key.Value)
            .ReadAsync(row => row.Int(), cancellationToken)).Single() > 0;

    /// <summary>Whether a rotation has ended; null where none has that name. By index.</summary>
    public static async Task<bool?> HasEndedAsync(StateTransaction transaction, Guid uid, CancellationToken cancellationToken)
    {
        var ends = await transaction.Prepare("SELECT ended_at FROM rotation WHERE uid = @uid")
            .Set("@uid", uid.ToString())
            .ReadAsync(row => row.TimeOrNull(), cancellationToken);
        return ends is [var end] ? end is not null : null;
    }

    /// <summary>How many open rotations wait for an operator: for a decision, or for an approval.</summary>
    public static async Task<int> WaitingForOperatorAsync(StateTransaction transaction, CancellationToken cancellationToken) =>
        (await transaction
            .Prepare(
                """
                SELECT count(*) FROM rotation
                WHERE ended_at IS NULL AND (needs IS NOT NULL OR (phase = 'Held' AND approvals > 0 AND approved_at IS NULL))
                """)
            .ReadAsync(row => row.Int(), cancellationToken)).Single();

    /// <summary>Numbers of open rotations that something is to be done for, oldest time first: those that wait for nothing, or no longer.
    /// What waits for an operator is not among them, unless a value that waits has lapsed, or is to be removed. By index.</summary>
    public static async Task<IReadOnlyList<long>> DueAsync(
        StateTransaction transaction, DateTimeOffset now, int limit, CancellationToken cancellationToken) => await transaction
        .Prepare(
            """
            SELECT id FROM rotation
            WHERE ended_at IS NULL AND leased_until <= @now AND id IN (
              SELECT id FROM rotation WHERE ended_at IS NULL AND needs IS NULL AND next_at <= @now
              UNION ALL SELECT id FROM rotation WHERE ended_at IS NULL AND needs IS NULL AND next_at IS NULL
              UNION ALL SELECT id FROM rotation WHERE ended_at IS NULL AND lapses_at <= @now AND phase = 'Held'
              UNION ALL SELECT rotation_id FROM rotation_location WHERE ordinal = -2 AND step <> 'Removed' AND retry_at <= @now)
            ORDER BY next_at, id LIMIT @limit
            """)
        .Set("@now", now)
        .Set("@limit", limit)
        .ReadAsync(row => row.Long(), cancellationToken);

    /// <summary>Rotations, the newest first: open ones alone, or all.</summary>
    public static async Task<IReadOnlyList<KeyRotation>> ListAsync(
        StateTransaction transaction, bool all, int limit, CancellationToken cancellationToken)
    {
        var rows = await transaction
            .Prepare($"SELECT {RotationRow.Columns} FROM rotation WHERE @all OR ended_at IS NULL ORDER BY id DESC LIMIT @limit")
            .Set("@all", all)
            .Set("@limit", limit)
            .ReadAsync(RotationRow.Read, cancellationToken);
        return await WholeAsync(transaction, rows, cancellationToken);
    }

    private static async Task<IReadOnlyList<KeyRotation>> WholeAsync(
        StateTransaction transaction, List<KeyRotation> rows, CancellationToken cancellationToken)
    {
        var whole = new List<KeyRotation>(rows.Count);
        foreach (var row in rows)
        {
            var places = await RotationLocationTable.OfAsync(transaction, row.Id, cancellationToken);
            whole.Add(row with
            {
                Locations = [.. places.Where(place => place is { IsKept: false, IsHeld: false })],
                Kept = places.FirstOrDefault(place => place.IsKept),
                Held = places.FirstOrDefault(place => place.IsHeld),
            });
        }

        return whole;
    }
}

/// <summary>A rotation that the caller alone works on.</summary>
/// <param name="Rotation">As it stands.</param>
/// <param name="Fence">What the caller's writes are told by: a later lease has a greater one.</param>
internal sealed record RotationLease(KeyRotation Rotation, long Fence);
