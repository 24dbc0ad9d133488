using System.Text.Json;

namespace KeyRotator.State;

/// <summary>Model lists, each kept once: most keys of a provider see the same one.</summary>
internal static class ModelListTable
{
    /// <summary>Keeps a list of model ids under its digest; one that is there already stays.</summary>
    public static Task SaveAsync(
        StateTransaction transaction, string digest, IReadOnlyList<string> ids, CancellationToken cancellationToken) => transaction
        .Prepare("INSERT INTO model_list (digest, ids) VALUES (@digest, @ids) ON CONFLICT (digest) DO NOTHING")
        .Set("@digest", digest)
        .Set("@ids", JsonSerializer.Serialize(ids, StateJson.Default.IReadOnlyListString))
        .ExecuteAsync(cancellationToken);

    /// <summary>The ids under a digest, or null where there are none.</summary>
    public static async Task<IReadOnlyList<string>?> LoadAsync(
        StateTransaction transaction, string digest, CancellationToken cancellationToken)
    {
        var rows = await transaction.Prepare("SELECT ids FROM model_list WHERE digest = @digest")
            .Set("@digest", digest)
            .ReadAsync(row => row.Text(), cancellationToken);
        return rows.Count == 0 ? null : JsonSerializer.Deserialize(rows[0], StateJson.Default.IReadOnlyListString);
    }

    /// <summary>Removes lists to which no key's status refers. Reads every status once; returns how many went.</summary>
    public static Task<int> PruneAsync(StateTransaction transaction, CancellationToken cancellationToken) => transaction
        .Prepare("DELETE FROM model_list WHERE digest NOT IN (SELECT model_list FROM key_status WHERE model_list IS NOT NULL)")
        .ExecuteAsync(cancellationToken);
}
