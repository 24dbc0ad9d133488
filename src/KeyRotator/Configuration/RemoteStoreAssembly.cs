using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>Makes a remote store's options from what the file says.</summary>
internal static class RemoteStoreAssembly
{
    /// <summary>The options of a kind; null for kinds that are not remote.</summary>
    public static StoreOptions? Build(string kind, RemoteStoreDraft store, Func<Located<string>, string> fullPath)
    {
        string? Path(Located<string>? path) => path is { } given ? fullPath(given) : null;
        StoreOptions? options = kind switch
        {
            "aws" => Aws(store),
            "gcp" => Gcp(store),
            "azure" => Azure(store),
            "vault" => Vault(store, Path),
            "kubernetes" => Kubernetes(store, Path),
            _ => null,
        };
        return options is null ? null : options with
        {
            Address = store.Address?.Value,
            AuthorityFile = Path(store.AuthorityFile),
            CertificateFile = Path(store.CertificateFile),
            CertificateKeyFile = Path(store.CertificateKeyFile),
        };
    }

    private static AwsStoreOptions Aws(RemoteStoreDraft store) => new()
    {
        Region = Text(store, "region"),
        Profile = Text(store, "profile"),
        RoleArn = Text(store, "roleArn"),
        ExternalId = Text(store, "externalId"),
        Fips = store.Fips,
    };

    private static GcpStoreOptions Gcp(RemoteStoreDraft store) => new()
    {
        Project = Text(store, "project") ?? "",
        Region = Text(store, "location"),
        Impersonate = Text(store, "impersonate"),
        Alias = Text(store, "alias"),
    };

    private static AzureStoreOptions Azure(RemoteStoreDraft store) => new()
    {
        Tenant = Text(store, "tenant"),
        ClientId = Text(store, "clientId"),
    };

    private static VaultStoreOptions Vault(RemoteStoreDraft store, Func<Located<string>?, string?> path)
    {
        var auth = store.Auth ?? new();
        return new()
        {
            Namespace = Text(store, "namespace"),
            Mount = Text(store, "mount"),
            EngineVersion = store.EngineVersion,
            Login = auth.Method,
            LoginMount = auth.Mount,
            Role = auth.Role,
            Token = auth.Token,
            TokenFile = path(auth.TokenFile),
            RoleId = auth.RoleId,
            SecretId = auth.SecretId,
            JwtFile = path(auth.JwtFile),
            Peers = store.Peers,
        };
    }

    private static KubernetesStoreOptions Kubernetes(RemoteStoreDraft store, Func<Located<string>?, string?> path) => new()
    {
        Namespace = Text(store, "namespace"),
        Kubeconfig = path(store.Kubeconfig),
        Context = Text(store, "context"),
    };

    private static string? Text(RemoteStoreDraft store, string name) => store.Texts.GetValueOrDefault(name);
}
