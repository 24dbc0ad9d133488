using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>Every value ever seen for a key, by fingerprint.</summary>
internal static class KeyVersionTable
{
    private const string Columns =
        "key_id, sequence, fingerprint, first_seen_at, expires_at, expiry_source, state, superseded_at, proven_dead_at";

    private const string Checks = "check";

    /// <summary>Inserts a version, and where it follows another moves that one to Deactivated with its superseded time. Each transition is
    /// recorded with time, actor and reason.</summary>
    public static async Task OpenAsync(StateTransaction transaction, KeyVersion version, CancellationToken cancellationToken)
    {
        await InsertAsync(transaction, version, cancellationToken);
        await RecordAsync(transaction, version, new(null, version.State, version.FirstSeenAt, Checks, "first seen"), cancellationToken);
        foreach (var previous in await OfAsync(transaction, version.KeyId, cancellationToken))
        {
            if (previous.Sequence < version.Sequence && previous.SupersededAt is null && previous.State != KeyState.PreActivation)
            {
                await SupersedeAsync(transaction, previous, version, cancellationToken);
            }
        }
    }

    /// <summary>Sets expiry and its source of the current version.</summary>
    public static Task SetExpiryAsync(
        StateTransaction transaction,
        KeyId key,
        int sequence,
        DateTimeOffset? expiresAt,
        ExpirySource source,
        CancellationToken cancellationToken) => transaction
        .Prepare("UPDATE key_version SET expires_at = @expires_at, expiry_source = @source WHERE key_id = @key AND sequence = @sequence")
        .Set("@expires_at", expiresAt)
        .Set("@source", source)
        .Set("@key", key.Value)
        .Set("@sequence", sequence)
        .ExecuteAsync(cancellationToken);

    /// <summary>All versions of a key, newest first.</summary>
    public static async Task<IReadOnlyList<KeyVersion>> OfAsync(
        StateTransaction transaction, KeyId key, CancellationToken cancellationToken) => await transaction
        .Prepare($"SELECT {Columns} FROM key_version WHERE key_id = @key ORDER BY sequence DESC")
        .Set("@key", key.Value)
        .ReadAsync(Read, cancellationToken);

    /// <summary>The newest version that had a value and was superseded, or null. By index.</summary>
    public static async Task<KeyVersion?> RetiredAsync(
        StateTransaction transaction, Fingerprint fingerprint, CancellationToken cancellationToken)
    {
        var rows = await transaction
            .Prepare(
                $"""
                SELECT {Columns} FROM key_version WHERE fingerprint = @fingerprint AND superseded_at IS NOT NULL
                ORDER BY superseded_at DESC LIMIT 1
                """)
            .Set("@fingerprint", fingerprint)
            .ReadAsync(Read, cancellationToken);
        return rows.SingleOrDefault();
    }

    /// <summary>Records that the versions of a key with that value are proven dead, where they are not yet.</summary>
    public static Task ProveDeadAsync(
        StateTransaction transaction,
        KeyId key,
        Fingerprint fingerprint,
        DateTimeOffset at,
        CancellationToken cancellationToken) => transaction
        .Prepare(
            "UPDATE key_version SET proven_dead_at = @at WHERE key_id = @key AND fingerprint = @fingerprint AND proven_dead_at IS NULL")
        .Set("@at", at)
        .Set("@key", key.Value)
        .Set("@fingerprint", fingerprint)
        .ExecuteAsync(cancellationToken);

    /// <summary>Moves the versions of a key with a leaked value to Compromised, where their state allows it, and the key's status with its
    /// current one. What is destroyed, or compromised already, stays as it is.</summary>
    public static async Task CompromiseAsync(
        StateTransaction transaction, KeyId key, Fingerprint leaked, KeyTransition move, CancellationToken cancellationToken)
    {
        foreach (var version in await OfAsync(transaction, key, cancellationToken))
        {
            if (version.Fingerprint == leaked && KeyLifecycle.Allows(version.State, move.To))
            {
                await transaction.Prepare("UPDATE key_version SET state = @state WHERE key_id = @key AND sequence = @sequence")
                    .Set("@state", move.To)
                    .Set("@key", key.Value)
                    .Set("@sequence", version.Sequence)
                    .ExecuteAsync(cancellationToken);
                await RecordAsync(transaction, version, move with { From = version.State }, cancellationToken);
            }
        }

        await transaction.Prepare("UPDATE key_status SET state = @state WHERE key_id = @key AND fingerprint = @fingerprint")
            .Set("@state", move.To)
            .Set("@key", key.Value)
            .Set("@fingerprint", leaked)
            .ExecuteAsync(cancellationToken);
    }

    /// <summary>How a version came to its state, oldest first.</summary>
    public static async Task<IReadOnlyList<KeyTransition>> TransitionsAsync(
        StateTransaction transaction, KeyId key, int sequence, CancellationToken cancellationToken) => await transaction
        .Prepare(
            """
            SELECT from_state, to_state, at, actor, reason FROM key_transition
            WHERE key_id = @key AND sequence = @sequence ORDER BY id
            """)
        .Set("@key", key.Value)
        .Set("@sequence", sequence)
        .ReadAsync(ReadTransition, cancellationToken);

    private static Task<int> InsertAsync(
        StateTransaction transaction, KeyVersion version, CancellationToken cancellationToken) => transaction
        .Prepare(
            $"""
            INSERT INTO key_version ({Columns})
            VALUES (@key, @sequence, @fingerprint, @first, @expires, @source, @state, @superseded, @dead)
            """)
        .Set("@key", version.KeyId.Value)
        .Set("@sequence", version.Sequence)
        .Set("@fingerprint", version.Fingerprint)
        .Set("@first", version.FirstSeenAt)
        .Set("@expires", version.ExpiresAt)
        .Set("@source", version.ExpirySource)
        .Set("@state", version.State)
        .Set("@superseded", version.SupersededAt)
        .Set("@dead", version.ProvenDeadAt)
        .ExecuteAsync(cancellationToken);

    // A version that is compromised or destroyed stays so: being superseded says nothing new about it.
    private static async Task SupersedeAsync(
        StateTransaction transaction, KeyVersion previous, KeyVersion next, CancellationToken cancellationToken)
    {
        var state = KeyLifecycle.Allows(previous.State, KeyState.Deactivated) ? KeyState.Deactivated : previous.State;
        await transaction.Prepare("UPDATE key_version SET state = @state, superseded_at = @at WHERE key_id = @key AND sequence = @sequence")
            .Set("@state", state)
            .Set("@at", next.FirstSeenAt)
            .Set("@key", previous.KeyId.Value)
            .Set("@sequence", previous.Sequence)
            .ExecuteAsync(cancellationToken);
        if (state != previous.State)
        {
            var reason = $"superseded by version {next.Sequence}";
            await RecordAsync(transaction, previous, new(previous.State, state, next.FirstSeenAt, Checks, reason), cancellationToken);
        }
    }

    private static Task<int> RecordAsync(
        StateTransaction transaction, KeyVersion version, KeyTransition move, CancellationToken cancellationToken) => transaction
        .Prepare(
            """
            INSERT INTO key_transition (key_id, sequence, from_state, to_state, at, actor, reason)
            VALUES (@key, @sequence, @from, @to, @at, @actor, @reason)
            """)
        .Set("@key", version.KeyId.Value)
        .Set("@sequence", version.Sequence)
        .Set("@from", move.From?.ToString())
        .Set("@to", move.To)
        .Set("@at", move.At)
        .Set("@actor", move.By)
        .Set("@reason", move.Reason)
        .ExecuteAsync(cancellationToken);

    private static KeyVersion Read(Row row) => new()
    {
        KeyId = KeyId.Parse(row.Text()),
        Sequence = row.Int(),
        Fingerprint = Fingerprint.Parse(row.Text()),
        FirstSeenAt = row.Time(),
        ExpiresAt = row.TimeOrNull(),
        ExpirySource = row.Member<ExpirySource>(),
        State = row.Member<KeyState>(),
        SupersededAt = row.TimeOrNull(),
        ProvenDeadAt = row.TimeOrNull(),
    };

    private static KeyTransition ReadTransition(Row row) =>
        new(row.MemberOrNull<KeyState>(), row.Member<KeyState>(), row.Time(), row.Text(), row.Text());
}

/// <summary>A version's move from one state to another.</summary>
/// <param name="From">The state before, or null where the version came to be.</param>
/// <param name="To">The state after.</param>
/// <param name="At">When (UTC).</param>
/// <param name="By">Operator or job.</param>
/// <param name="Reason">Why, in words of ours.</param>
internal sealed record KeyTransition(KeyState? From, KeyState To, DateTimeOffset At, string By, string Reason);
