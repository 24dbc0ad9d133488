namespace KeyRotator.Stores;

/// <summary>Writes to an engine of version 1. Without versions there is no condition: what was there is compared before, and what is there
/// after; a foreign write in between is lost.</summary>
internal sealed class VaultPlainWrites(VaultApi api, VaultReads reads)
{
    private static readonly IReadOnlyList<string> s_write = ["create", "read", "update"];

    /// <summary>Writes the fields, once.</summary>
    /// <exception cref="SecretConflictException">Another value is there afterwards.</exception>
    public async Task<SecretVersion?> WriteAsync(SecretWrite write, VaultPath path, byte[] fields, CancellationToken cancellationToken)
    {
        SecretStoreException? failure = null;
        try
        {
            var put = new VaultRequest("write", write.Location, HttpMethod.Post, path.Data)
            {
                Body = fields,
                IsRepeatable = false,
                Capabilities = s_write,
            };
            await api.DoAsync(put, cancellationToken);
        }
        catch (SecretStoreException lost) when (lost.MissingPermission is null)
        {
            failure = lost;
        }

        using var after = await reads.GetAsync("write", path, null, cancellationToken);
        return after is not null && after.Holds(write)
            ? null
            : throw failure ?? new SecretConflictException(api.Store, write.Location, "another writer came right after this one.");
    }
}
