using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>What replacing the value at one location asks of its store.</summary>
/// <param name="Calls">The calls in their order, repeats after faults aside; null where they depend on what is found there.</param>
/// <param name="Permissions">What the store's policy must allow; none where nothing is called.</param>
internal sealed record WritePlan(IReadOnlyList<string>? Calls, IReadOnlyList<string> Permissions)
{
    /// <summary>What is called at the end, beside reads: what goes with the rotation is removed, and the old version destroyed where the
    /// key's policy says so.</summary>
    public IReadOnlyList<string> Later { get; init; } = [];
}

/// <summary>The plans, one for each kind of store. Those with calls are held against what the adapters call.</summary>
internal static class WritePlans
{
    private static readonly string[] s_aws =
    [
        "GetSecretValue", "DescribeSecret", "GetSecretValue", "ListSecretVersionIds", "PutSecretValue", "GetSecretValue",
        "DescribeSecret", "DescribeSecret", "UpdateSecretVersionStage", "DescribeSecret", "UpdateSecretVersionStage",
        "UpdateSecretVersionStage", "GetSecretValue", "TagResource",
    ];

    private static readonly string[] s_gcp =
    [
        "AccessSecretVersion", "GetSecret", "ListSecretVersions", "AccessSecretVersion", "UpdateSecret", "AddSecretVersion",
        "AccessSecretVersion", "UpdateSecret", "AccessSecretVersion", "GetSecret", "UpdateSecret",
    ];

    private static readonly string[] s_gcpAlias =
    [
        "AccessSecretVersion", "GetSecret", "ListSecretVersions", "AccessSecretVersion", "UpdateSecret", "AddSecretVersion",
        "AccessSecretVersion", "UpdateSecret", "AccessSecretVersion", "GetSecretVersion", "GetSecret", "UpdateSecret",
        "AccessSecretVersion", "GetSecret", "UpdateSecret",
    ];

    private static readonly string[] s_kubernetes = ["get", "get", "patch", "get", "patch"];

    private static readonly string[] s_azure =
        ["get", "list versions", "get", "set", "list versions", "get", "get", "list versions", "update"];

    private static readonly string[] s_awsActions =
    [
        "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds",
        "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage", "secretsmanager:TagResource",
        "secretsmanager:UntagResource",
    ];

    private static readonly string[] s_gcpPermissions =
    [
        "secretmanager.versions.access", "secretmanager.versions.list", "secretmanager.versions.get", "secretmanager.versions.add",
        "secretmanager.secrets.get", "secretmanager.secrets.update",
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
    /// <param name="purges">Whether the old version is destroyed at the end.</param>
    public static WritePlan Of(string kind, ISecretStore store, SecretLocation location, bool isThere, bool purges)
    {
        var plan = kind switch
        {
            "aws" => new WritePlan(s_aws, isThere ? s_awsActions : [.. s_awsActions, "secretsmanager:CreateSecret"])
            {
                Later = ["UpdateSecretVersionStage", "UntagResource", .. Purge("UpdateSecretVersionStage")],
            },
            "gcp" => new WritePlan(
                store.Capabilities.CanStage ? s_gcpAlias : s_gcp,
                [.. s_gcpPermissions, .. Only(!isThere, "secretmanager.secrets.create"), .. Purge("secretmanager.versions.destroy")])
            {
                Later = ["UpdateSecret", .. Purge("DestroySecretVersion")],
            },
            "vault" => Vault(store, location, purges),
            "kubernetes" => new WritePlan(s_kubernetes, [isThere ? "secrets: get, patch" : "secrets: get, patch, create"])
            {
                Later = ["patch"],
            },
            "azure" => new WritePlan(s_azure, s_azureActions) { Later = ["update"] },
            _ => new WritePlan(null, []),
        };
        return isThere ? plan : plan with { Calls = null };

        string[] Purge(string call) => Only(purges, call);
    }

    private static string[] Only(bool isSo, string item) => isSo ? [item] : [];

    private static WritePlan Vault(ISecretStore store, SecretLocation location, bool purges)
    {
        var (data, metadata, destroy) = ($"data/{location.Name}", $"metadata/{location.Name}", $"destroy/{location.Name}");
        if (!store.Capabilities.HasVersions)
        {
            var plain = location.Name;
            string[] calls = [$"GET {plain}", $"GET {plain}", $"POST {plain}", $"GET {plain}", $"GET {plain}"];
            return new(calls, [$"{plain}: read, create, update"]);
        }

        var write = location.Field is null ? $"POST {data}" : $"PATCH {data}";
        string[] permissions = [$"{data}: read, create, update, patch", $"{metadata}: read, create, update, patch"];
        return new(
            [$"GET {data}", $"GET {data}", $"PATCH {metadata}", write, $"GET {data}", $"PATCH {metadata}"],
            purges ? [.. permissions, $"{destroy}: update"] : permissions)
        {
            Later = purges ? [$"PATCH {metadata}", $"POST {destroy}"] : [$"PATCH {metadata}"],
        };
    }
}
