using System.Runtime.CompilerServices;
using Azure;
using Azure.Security.KeyVault.Secrets;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>The calls on deleted secrets. Key Vault keeps these for 7 to 90 days: readers see them no more, their names are
/// taken.</summary>
/// <remarks>Source: REST reference, secrets: delete-secret, get-deleted-secret, get-deleted-secrets, purge-deleted-secret; "Azure Key
/// Vault soft-delete overview".</remarks>
internal sealed partial class AzureKeyVaultApi
{
    /// <summary>What to say of a secret that is deleted and can be recovered; null where it is gone, or where that cannot be
    /// seen.</summary>
    public Task<string?> DeletionAsync(SecretLocation location, string operation, CancellationToken cancellationToken)
    {
        var call = new AzureCall(operation, location, AzurePermission.Get);
        return AskAsync(call, async client =>
        {
            try
            {
                await client.GetDeletedSecretAsync(NameOf(call), cancellationToken);
                return _faults.Deleted(call);
            }
            catch (RequestFailedException refusal) when (refusal.Status is 400 or 403 or 404)
            {
                return null; // 400: the vault has no soft deletion
            }
        }, cancellationToken);
    }

    /// <summary>A deleted secret; null where there is none, or not yet: a deletion takes some seconds.</summary>
    public Task<AzureDeleted?> FindDeletedAsync(SecretLocation location, string operation, CancellationToken cancellationToken)
    {
        var call = new AzureCall(operation, location, AzurePermission.Get);
        return AskOrNullAsync(
            call,
            async client => Of(call, (await client.GetDeletedSecretAsync(NameOf(call), cancellationToken)).Value),
            cancellationToken);
    }

    /// <summary>Every deleted secret, page by page, without versions.</summary>
    public async IAsyncEnumerable<IReadOnlyList<AzureDeleted>> ListDeletedAsync(
        string operation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var call = new AzureCall(operation, null, AzurePermission.List);
        await using var pages = _client.Value.GetDeletedSecretsAsync(cancellationToken).AsPages().GetAsyncEnumerator(cancellationToken);
        while (await AskAsync(call, _ => pages.MoveNextAsync().AsTask(), cancellationToken))
        {
            yield return [.. pages.Current.Values.Select(secret => Of(call, secret))];
        }
    }

    /// <summary>Begins a secret's deletion, with all versions; it is done some seconds later.</summary>
    public Task DeleteAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        var call = new AzureCall("remove", location, AzurePermission.Delete);
        return AskAsync(call, client => client.StartDeleteSecretAsync(NameOf(call), cancellationToken), cancellationToken);
    }

    /// <summary>Destroys a deleted secret for good.</summary>
    public Task PurgeAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        var call = new AzureCall("remove", location, AzurePermission.Purge);
        return AskAsync(call, client => client.PurgeDeletedSecretAsync(NameOf(call), cancellationToken), cancellationToken);
    }

    /// <summary>What to say of a secret that was deleted and should not have been.</summary>
    public string RecoveryOf(SecretLocation location) => _faults.Deleted(new AzureCall("remove", location, AzurePermission.Get));

    private AzureDeleted Of(AzureCall call, DeletedSecret told) => new(Of(call, told.Properties))
    {
        IsPurgeable = told.Properties.RecoveryLevel?.Contains("Purgeable", StringComparison.Ordinal) ?? false,
        KeptUntil = told.ScheduledPurgeDate?.ToUniversalTime(),
    };
}
