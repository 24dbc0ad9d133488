using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>What replacing the value at one location asks of its store.</summary>
/// <param name="Calls">The calls in their order, repeats after faults aside; null where they depend on what is found there.</param>
/// <param name="Permissions">What the store's policy must allow; none where nothing is called.</param>
internal sealed record WritePlan(IReadOnlyList<string>? Calls, IReadOnlyList<string> Permissions);

/// <summary>The plans, one for each kind of store. Those with calls are held against what the adapters call.</summary>
internal static class WritePlans
{
    private static readonly string[] s_aws =
    [
        "GetSecretValue", "DescribeSecret", "GetSecretValue", "ListSecretVersionIds", "PutSecretValue", "GetSecretValue",
        "DescribeSecret", "UpdateSecretVersionStage", "UpdateSecretVersionStage", "GetSecretValue",
    ];

    private static readonly string[] s_gcp =
    [
        "AccessSecretVersion", "GetSecret", "ListSecretVersions", "AccessSecretVersion", "UpdateSecret", "AddSecretVersion",
        "AccessSecretVersion", "UpdateSecret", "AccessSecretVersion",
    ];

    private static readonly string[] s_kubernetes = ["get", "get", "patch", "get"];

    private static readonly string[] s_awsActions =
    [
        "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds",
        "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage",
    ];

    private static readonly string[] s_gcpPermissions =
    [
        "secretmanager.versions.access", "secretmanager.versions.list", "secretmanager.versions.add", "secretmanager.secrets.get",
        "secretmanager.secrets.update",
    ];

    private static readonly string[] s_azureActions =
    [
        "Microsoft.KeyVault/vaults/secrets/getSecret/action", "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        "Microsoft.KeyVault/vaults/secrets/setSecret/action", "Microsoft.KeyVault/vaults/secrets/update/action",
    ];

    /// <summary>The plan for a location.</summary>
    /// <param name="kind">The store's kind.</param>
    /// <param name="store">The store.</param>
    /// <param name="location">The location.</param>
    /// <param name="isThere">Whether a value is there now: a secret that has yet to be made takes other calls.</param>
    public static WritePlan Of(string kind, ISecretStore store, SecretLocation location, bool isThere)
    {
        var plan = kind switch
        {
            "aws" => new WritePlan(s_aws, isThere ? s_awsActions : [.. s_awsActions, "secretsmanager:CreateSecret"]),
            "gcp" => new WritePlan(
                store.Capabilities.CanStage ? null : s_gcp,
                isThere ? s_gcpPermissions : [.. s_gcpPermissions, "secretmanager.secrets.create"]),
            "vault" => Vault(store, location),
            "kubernetes" => new WritePlan(s_kubernetes, [isThere ? "secrets: get, patch" : "secrets: get, patch, create"]),
            "azure" => new WritePlan(null, s_azureActions),
            _ => new WritePlan(null, []),
        };
        return isThere ? plan : plan with { Calls = null };
    }

    private static WritePlan Vault(ISecretStore store, SecretLocation location)
    {
        var (data, metadata) = ($"data/{location.Name}", $"metadata/{location.Name}");
        return store.Capabilities.HasVersions
            ? new(
                location.Field is null ? null : [$"GET {data}", $"GET {data}", $"PATCH {metadata}", $"PATCH {data}", $"GET {data}"],
                [$"{data}: read, create, update, patch", $"{metadata}: read, create, update, patch"])
            : new(null, [$"{location.Name}: read, create, update"]);
    }
}
