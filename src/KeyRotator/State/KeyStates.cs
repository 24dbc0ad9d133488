using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>The one place where a key version goes from state to state: along <see cref="KeyLifecycle"/> only, each move on record with
/// time, actor and reason, and the key's status in step with its current version.</summary>
internal static class KeyStates
{
    /// <summary>Records how a version came to be. Its state stands in its row already.</summary>
    public static Task BornAsync(StateTransaction transaction, KeyVersion version, string actor, CancellationToken cancellationToken) =>
        RecordAsync(transaction, version, new(null, version.State, version.FirstSeenAt, actor, "first seen"), cancellationToken);

    /// <summary>Moves a version. False where it may not go there, or is there already: nothing was changed.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="version">As it stands in its row.</param>
    /// <param name="move">Where to, when, by whom and why. Where from, the version says.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<bool> MoveAsync(
        StateTransaction transaction, KeyVersion version, KeyTransition move, CancellationToken cancellationToken)
    {
        if (!KeyLifecycle.Allows(version.State, move.To) || await SetAsync(transaction, version, move.To, cancellationToken) == 0)
        {
            return false;
        }

        await RecordAsync(transaction, version, move with { From = version.State }, cancellationToken);
        await MirrorAsync(transaction, version, move.To, cancellationToken);
        return true;
    }

    /// <summary>Brings a key's current version to the state that its status is to have. Where the version may not go there, the status
    /// takes the version's.</summary>
    public static async Task SettleAsync(
        StateTransaction transaction, KeyStatus status, KeyTransition move, CancellationToken cancellationToken)
    {
        var versions = await KeyVersionTable.OfAsync(transaction, status.KeyId, cancellationToken);
        if (versions.FirstOrDefault(version => version.Sequence == status.Version) is { } current
            && !await MoveAsync(transaction, current, move, cancellationToken))
        {
            await MirrorAsync(transaction, current, current.State, cancellationToken);
        }
    }

    /// <summary>Moves the versions of a key with a leaked value to Compromised, where their state allows it. What is destroyed, or
    /// compromised already, stays as it is.</summary>
    public static async Task CompromiseAsync(
        StateTransaction transaction, KeyId key, Fingerprint leaked, KeyTransition move, CancellationToken cancellationToken)
    {
        foreach (var version in await KeyVersionTable.OfAsync(transaction, key, cancellationToken))
        {
            if (version.Fingerprint == leaked)
            {
                await MoveAsync(transaction, version, move, cancellationToken);
            }
        }
    }

    /// <summary>Says that the superseded versions of a key with that value are gone from their stores. The current one never is.</summary>
    /// <returns>How many were moved to Destroyed.</returns>
    public static async Task<int> DestroyAsync(
        StateTransaction transaction, KeyId key, Fingerprint gone, KeyTransition move, CancellationToken cancellationToken)
    {
        var moved = 0;
        foreach (var version in await KeyVersionTable.OfAsync(transaction, key, cancellationToken))
        {
            var isPast = version.Fingerprint == gone && version.SupersededAt is not null;
            moved += isPast && await MoveAsync(transaction, version, move with { To = KeyState.Destroyed }, cancellationToken) ? 1 : 0;
        }

        return moved;
    }

    /// <summary>How a key's versions came to their states, oldest first.</summary>
    public static async Task<ILookup<int, KeyTransition>> TransitionsAsync(
        StateTransaction transaction, KeyId key, CancellationToken cancellationToken)
    {
        var rows = await transaction
            .Prepare("SELECT sequence, from_state, to_state, at, actor, reason FROM key_transition WHERE key_id = @key ORDER BY id")
            .Set("@key", key.Value)
            .ReadAsync(row => (Sequence: row.Int(), Move: Read(row)), cancellationToken);
        return rows.ToLookup(row => row.Sequence, row => row.Move);
    }

    // Whoever read another state meanwhile moves nothing.
    private static Task<int> SetAsync(
        StateTransaction transaction, KeyVersion version, KeyState state, CancellationToken cancellationToken) => transaction
        .Prepare("UPDATE key_version SET state = @state WHERE key_id = @key AND sequence = @sequence AND state = @from")
        .Set("@state", state)
        .Set("@from", version.State)
        .Set("@key", version.KeyId.Value)
        .Set("@sequence", version.Sequence)
        .ExecuteAsync(cancellationToken);

    private static Task<int> MirrorAsync(
        StateTransaction transaction, KeyVersion version, KeyState state, CancellationToken cancellationToken) => transaction
        .Prepare("UPDATE key_status SET state = @state WHERE key_id = @key AND version = @sequence")
        .Set("@state", state)
        .Set("@key", version.KeyId.Value)
        .Set("@sequence", version.Sequence)
        .ExecuteAsync(cancellationToken);

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

    private static KeyTransition Read(Row row) =>
        new(row.MemberOrNull<KeyState>(), row.Member<KeyState>(), row.Time(), row.Text(), row.Text());
}

/// <summary>A version's move from one state to another.</summary>
/// <param name="From">The state before, or null where the version came to be.</param>
/// <param name="To">The state after.</param>
/// <param name="At">When (UTC).</param>
/// <param name="By">Operator or job.</param>
/// <param name="Reason">Why, in words of ours.</param>
internal sealed record KeyTransition(KeyState? From, KeyState To, DateTimeOffset At, string By, string Reason);
