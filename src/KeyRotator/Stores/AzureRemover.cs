using System.Globalization;
using System.Security.Cryptography;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>Removes a secret that holds nothing but known values, and purges it: Key Vault keeps what is deleted, and its name is taken
/// then.</summary>
/// <remarks>
/// <para>Order: list versions, read each, note in the newest one's tag that all are known, delete, wait until that is done, purge. So a
/// deleted secret whose newest version has that note is one that this program was removing: it is purged, though its values cannot be
/// looked at any more.</para>
/// <para>Key Vault has no condition for it. A version that somebody adds in between is seen before the purge, which is left out then: the
/// secret can be recovered.</para>
/// </remarks>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
/// <param name="time">The clock.</param>
internal sealed class AzureRemover(string store, AzureKeyVaultApi api, TimeProvider time)
{
    private const string Operation = "remove";
    private const int MostLooks = 15;

    // As Microsoft's clients do.
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(2);

    /// <summary>Removes as <see cref="ISecretRemoval.RemoveAsync"/> says.</summary>
    public async Task RemoveAsync(
        SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        try
        {
            if (await FindKnownAsync(location, known, cancellationToken) is { } newest)
            {
                await DeleteAsync(location, newest, cancellationToken);
                return;
            }
        }
        catch (AzureAbsentException)
        {
            // Somebody else deleted it in the same moment.
        }

        if (await api.FindDeletedAsync(location, Operation, cancellationToken) is { IsOurs: true } half)
        {
            await PurgeAsync(location, half, cancellationToken);
        }
    }

    /// <summary>What is kept as <see cref="ISecretBin.KeptAsync"/> says.</summary>
    public async Task<string?> KeptAsync(SecretLocation location, CancellationToken cancellationToken) =>
        await api.FindDeletedAsync(location, Operation, cancellationToken) is { } deleted
            ? $"it is deleted, nobody can read it; Key Vault keeps it{Until(deleted)}: " + (deleted.IsPurgeable
                ? $"to purge it needs {AzurePermission.Purge.DataAction} ({AzurePermission.Purge.Role}), or "
                    + $"`{AzurePermission.Purge.Policy}` in the vault's access policy"
                : "the vault or its subscription has purge protection")
            : null;

    private static string Until(AzureDeleted deleted) => deleted.KeptUntil is { } day
        ? string.Create(CultureInfo.InvariantCulture, $" until {day:yyyy-MM-dd}")
        : "";

    // The newest version, all being known; null where there is no secret, or a deleted one.
    private async Task<AzureVersion?> FindKnownAsync(
        SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        var versions = await api.VersionsAsync(location, Operation, cancellationToken);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var version in versions)
        {
            RequireReadable(location, version);
            if (await api.FindAsync(location, version.Id, Operation, cancellationToken) is { } secret)
            {
                RequireKnown(location, secret, known);
                seen.Add(version.Id);
            }
        }

        var newest = (await api.FindAsync(location, null, Operation, cancellationToken))?.Version;
        return newest is null || (seen.Contains(newest.Id) && seen.Count == versions.Count)
            ? newest
            : throw KnownSecrets.Refusal(location, "a version of it came or went in the same moment.");
    }

    private static void RequireReadable(SecretLocation location, AzureVersion version)
    {
        if (version.IsManaged)
        {
            throw KnownSecrets.Refusal(location, "it belongs to a certificate.");
        }

        if (!version.IsEnabled)
        {
            throw KnownSecrets.Refusal(location, $"its version {version.Id} is disabled, so it cannot be looked at.");
        }
    }

    private static void RequireKnown(SecretLocation location, AzureSecret secret, IReadOnlyCollection<SecretValue> known)
    {
        var text = JsonFields.Encode(secret.Value, location, Operation);
        try
        {
            KnownSecrets.Require(text, location, known);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private async Task DeleteAsync(SecretLocation location, AzureVersion newest, CancellationToken cancellationToken)
    {
        var tags = AzureMark.Removed(newest);
        if (tags.Count <= AzureWriter.MaxTags)
        {
            await api.TagAsync(location, newest, tags, Operation, cancellationToken);
        }

        await AllowDoneAsync(api.DeleteAsync(location, cancellationToken));
        var deleted = await LookAsync(location, isKept: true, cancellationToken) ?? throw Failure(
            location, isTransient: true, "Key Vault has not ended the deletion yet; the next removal purges it.");
        if (deleted.Newest.Id != newest.Id)
        {
            throw Failure(location, isTransient: false, $"somebody else added version {deleted.Newest.Id} in the same moment, so it is "
                + $"not purged: {api.RecoveryOf(location)}");
        }

        await PurgeAsync(location, deleted, cancellationToken);
    }

    private async Task PurgeAsync(SecretLocation location, AzureDeleted deleted, CancellationToken cancellationToken)
    {
        if (!deleted.IsPurgeable)
        {
            return; // nobody can read it: removed, and `KeptAsync` tells the rest
        }

        try
        {
            await AllowDoneAsync(api.PurgeAsync(location, cancellationToken));
        }
        catch (SecretStoreException denied) when (denied.MissingPermission is not null)
        {
            return; // the same
        }

        await LookAsync(location, isKept: false, cancellationToken);
    }

    // By an earlier attempt whose answer was lost, or by somebody else: what came of it is looked at afterwards.
    private static async Task AllowDoneAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (SecretStoreException done) when (done is AzureAbsentException or AzureChangingException)
        {
        }
    }

    // The deleted secret as it was seen last, until it is there, or until it is not.
    private async Task<AzureDeleted?> LookAsync(SecretLocation location, bool isKept, CancellationToken cancellationToken)
    {
        for (var look = 1; ; look++)
        {
            var deleted = await api.FindDeletedAsync(location, Operation, cancellationToken);
            if (deleted is not null == isKept || look == MostLooks)
            {
                return deleted;
            }

            await Task.Delay(s_betweenLooks, time, cancellationToken);
        }
    }

    private SecretStoreException Failure(SecretLocation location, bool isTransient, string advice) =>
        new(store, Operation, location, isTransient, advice);
}
