using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>What the journal of rotations knows of a key and its values.</summary>
internal static class RotationValues
{
    /// <summary>The numbers of a key's open rotations: watches alone, or all. By index.</summary>
    public static async Task<IReadOnlyList<long>> OpenOfAsync(
        StateTransaction transaction, KeyId key, bool watches, CancellationToken cancellationToken) => await transaction
        .Prepare("SELECT id FROM rotation WHERE key_id = @key AND ended_at IS NULL AND (@watches = 0 OR kind = 'Watch') ORDER BY id")
        .Set("@key", key.Value)
        .Set("@watches", watches)
        .ReadAsync(row => row.Long(), cancellationToken);

    /// <summary>Every value that a rotation of a key put in place or replaced, or was about to. Those that were refused before anything was
    /// written count for nothing. By index.</summary>
    public static async Task<IEnumerable<Fingerprint>> OfAsync(
        StateTransaction transaction, KeyId key, CancellationToken cancellationToken)
    {
        var rows = await transaction
            .Prepare("SELECT new_fingerprint, old_fingerprint FROM rotation WHERE key_id = @key AND phase <> @refused")
            .Set("@key", key.Value)
            .Set("@refused", RotationPhase.Refused)
            .ReadAsync(row => (New: row.Fingerprint(), Old: row.FingerprintOrNull()), cancellationToken);
        return rows.SelectMany(row => row.Old is { } old ? new[] { row.New, old } : [row.New]);
    }
}
