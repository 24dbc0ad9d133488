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
    /// recorded with time, actor and reason. A value that leaked before is compromised at once.</summary>
    public static async Task OpenAsync(StateTransaction transaction, KeyVersion version, CancellationToken cancellationToken)
    {
        var earlier = await OfAsync(transaction, version.KeyId, cancellationToken);
        await InsertAsync(transaction, version, cancellationToken);
        await KeyStates.BornAsync(transaction, version, Checks, cancellationToken);
        foreach (var previous in earlier)
        {
            if (previous.Sequence < version.Sequence && previous.SupersededAt is null && previous.State != KeyState.PreActivation)
            {
                await SupersedeAsync(transaction, previous, version, cancellationToken);
            }
        }

        if (earlier.FirstOrDefault(each => each.Fingerprint == version.Fingerprint && each.State is KeyState.Compromised) is { } leaked)
        {
            var reason = $"its value leaked before, as version {leaked.Sequence}";
            await KeyStates.MoveAsync(
                transaction, version, new(null, KeyState.Compromised, version.FirstSeenAt, Checks, reason), cancellationToken);
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

    /// <summary>Takes back that the versions of a key with that value are dead: the provider accepts it. False where none was taken for
    /// dead.</summary>
    public static async Task<bool> ReviveAsync(
        StateTransaction transaction, KeyId key, Fingerprint fingerprint, CancellationToken cancellationToken) => await transaction
        .Prepare(
            """
            UPDATE key_version SET proven_dead_at = NULL
            WHERE key_id = @key AND fingerprint = @fingerprint AND proven_dead_at IS NOT NULL
            """)
        .Set("@key", key.Value)
        .Set("@fingerprint", fingerprint)
        .ExecuteAsync(cancellationToken) > 0;

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
        await transaction.Prepare("UPDATE key_version SET superseded_at = @at WHERE key_id = @key AND sequence = @sequence")
            .Set("@at", next.FirstSeenAt)
            .Set("@key", previous.KeyId.Value)
            .Set("@sequence", previous.Sequence)
            .ExecuteAsync(cancellationToken);
        var move = new KeyTransition(null, KeyState.Deactivated, next.FirstSeenAt, Checks, $"superseded by version {next.Sequence}");
        await KeyStates.MoveAsync(transaction, previous, move, cancellationToken);
    }

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
}
