using System.Text.Json.Nodes;

namespace KeyRotator.Configuration;

/// <summary>The members of a store as <c>config show</c> prints them, secrets redacted; null for what is not given.</summary>
internal static class StoreView
{
    private const string Redacted = "[redacted]";

    /// <summary>All members of the store's kind.</summary>
    public static JsonObject Describe(StoreSettings store)
    {
        JsonObject own = store.Options switch
        {
            AwsStoreOptions aws => Aws(aws),
            GcpStoreOptions gcp => Gcp(gcp),
            AzureStoreOptions azure => Azure(azure),
            VaultStoreOptions vault => Vault(vault),
            KubernetesStoreOptions kubernetes => Kubernetes(kubernetes),
            _ => new() { ["path"] = store.Path, ["passphrase"] = Shown(store.Passphrase), ["keyFile"] = store.KeyFile },
        };
        return new(
        [
            KeyValuePair.Create<string, JsonNode?>("kind", store.Kind),
            .. own.Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())),
            KeyValuePair.Create<string, JsonNode?>("discover", store.Discover is { } discover ? Discover(discover) : null),
            KeyValuePair.Create<string, JsonNode?>("ca", store.Options?.AuthorityFile),
            KeyValuePair.Create<string, JsonNode?>("clientCertificate", store.Options?.CertificateFile),
            KeyValuePair.Create<string, JsonNode?>("clientKey", store.Options?.CertificateKeyFile),
        ]);
    }

    private static JsonObject Discover(DiscoverSettings discover) => new(
        new JsonObject
        {
            ["tag"] = discover.Tag,
            ["value"] = discover.Value,
            ["prefix"] = discover.Prefix,
            ["every"] = Durations.Format(discover.Every),
        }.Where(member => member.Value is not null).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static JsonObject Aws(AwsStoreOptions store) => new()
    {
        ["endpoint"] = AddressOf(store),
        ["region"] = store.Region,
        ["profile"] = store.Profile,
        ["roleArn"] = store.RoleArn,
        ["externalId"] = store.ExternalId,
        ["fips"] = store.Fips ? true : null,
    };

    private static JsonObject Gcp(GcpStoreOptions store) => new()
    {
        ["endpoint"] = AddressOf(store),
        ["project"] = store.Project,
        ["location"] = store.Region,
        ["impersonate"] = store.Impersonate,
        ["alias"] = store.Alias,
    };

    private static JsonObject Azure(AzureStoreOptions store) => new()
    {
        ["vault"] = AddressOf(store),
        ["tenant"] = store.Tenant,
        ["clientId"] = store.ClientId,
    };

    private static JsonObject Vault(VaultStoreOptions store) => new()
    {
        ["address"] = AddressOf(store),
        ["namespace"] = store.Namespace,
        ["mount"] = store.Mount,
        ["engineVersion"] = store.EngineVersion,
        ["auth"] = Auth(store),
        ["peers"] = store.Peers.Count == 0 ? null : new JsonArray([.. store.Peers.Select(peer => JsonValue.Create(peer))]),
    };

    private static JsonObject Auth(VaultStoreOptions store)
    {
        JsonObject members = new()
        {
            ["method"] = store.Login.ToString().ToLowerInvariant(),
            ["mount"] = store.LoginMount,
            ["role"] = store.Role,
            ["token"] = Shown(store.Token),
            ["tokenFile"] = store.TokenFile,
            ["roleId"] = store.RoleId,
            ["secretId"] = Shown(store.SecretId),
            ["jwtFile"] = store.JwtFile,
        };
        return new(
            members.Where(member => member.Value is not null).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
    }

    private static JsonObject Kubernetes(KubernetesStoreOptions store) => new()
    {
        ["endpoint"] = AddressOf(store),
        ["namespace"] = store.Namespace,
        ["kubeconfig"] = store.Kubeconfig,
        ["context"] = store.Context,
    };

    private static string? AddressOf(StoreOptions store) => store.Address?.OriginalString;

    private static string? Shown(object? secret) => secret is null ? null : Redacted;
}
