using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>One call of Key Vault.</summary>
/// <param name="Operation">What is tried, for messages.</param>
/// <param name="Location">The secret, or null where the whole vault is meant.</param>
/// <param name="Permission">What the identity needs for it.</param>
internal sealed record AzureCall(string Operation, SecretLocation? Location, AzurePermission Permission);

/// <summary>What a call needs, in both of Key Vault's ways to grant it.</summary>
/// <remarks>Source: "Azure permissions for security", Microsoft.KeyVault, data actions; and the "required permission" of each call in the
/// REST reference.</remarks>
/// <param name="DataAction">The data action of a role.</param>
/// <param name="Role">The least built-in role that has it.</param>
/// <param name="Policy">The secret permission of an access policy.</param>
internal sealed record AzurePermission(string DataAction, string Role, string Policy)
{
    public static AzurePermission Get { get; } = new("Microsoft.KeyVault/vaults/secrets/getSecret/action", Reader, "get");

    public static AzurePermission List { get; } = new("Microsoft.KeyVault/vaults/secrets/readMetadata/action", Reader, "list");

    public static AzurePermission Set { get; } = new("Microsoft.KeyVault/vaults/secrets/setSecret/action", Writer, "set");

    public static AzurePermission Update { get; } = new("Microsoft.KeyVault/vaults/secrets/update/action", Writer, "set");

    public static AzurePermission Delete { get; } = new("Microsoft.KeyVault/vaults/secrets/delete", Writer, "delete");

    public static AzurePermission Purge { get; } = new("Microsoft.KeyVault/vaults/secrets/purge/action", Writer, "purge");

    private const string Reader = "Key Vault Secrets User";

    private const string Writer = "Key Vault Secrets Officer";
}
