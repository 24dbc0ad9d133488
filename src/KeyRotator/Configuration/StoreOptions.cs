using KeyRotator.Secrets;

namespace KeyRotator.Configuration;

/// <summary>What a store of one kind needs beyond its name.</summary>
public abstract record StoreOptions
{
    /// <summary>Address in place of the vendor's own, or null.</summary>
    public Uri? Address { get; init; }

    /// <summary>Absolute path of a PEM file with the authorities to trust, or null for the system's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Absolute path of a PEM file with the client's certificate, or null.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Absolute path of a PEM file with the client's key, or null where it is with the certificate.</summary>
    public string? CertificateKeyFile { get; init; }
}

/// <summary>AWS Secrets Manager. Credentials come from the vendor's own chain.</summary>
public sealed record AwsStoreOptions : StoreOptions
{
    /// <summary>Region, or null for the environment's.</summary>
    public string? Region { get; init; }

    /// <summary>Profile of the shared configuration files, or null.</summary>
    public string? Profile { get; init; }

    /// <summary>ARN of a role to assume, or null.</summary>
    public string? RoleArn { get; init; }

    /// <summary>External id that the role asks for, or null.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Whether the FIPS endpoint is used.</summary>
    public bool Fips { get; init; }
}

/// <summary>GCP Secret Manager. Credentials are the application default ones.</summary>
public sealed record GcpStoreOptions : StoreOptions
{
    /// <summary>Project id or number.</summary>
    public required string Project { get; init; }

    /// <summary>Location of regional secrets, or null for global ones.</summary>
    public string? Region { get; init; }

    /// <summary>Service account to impersonate, or null.</summary>
    public string? Impersonate { get; init; }

    /// <summary>Alias that consumers read, moved when a new version is promoted; null where they read <c>latest</c>.</summary>
    public string? Alias { get; init; }
}

/// <summary>Azure Key Vault; its address is the vault's. Credentials come from the vendor's own chain.</summary>
public sealed record AzureStoreOptions : StoreOptions
{
    /// <summary>Tenant of the vault, an id or a domain, or null: the vault tells it.</summary>
    public string? Tenant { get; init; }

    /// <summary>Client id of a user-assigned managed identity or a workload identity, or null for the environment's.</summary>
    public string? ClientId { get; init; }
}

/// <summary>How Vault is logged in to.</summary>
public enum VaultLogin
{
    /// <summary>A token: given, in a file that an agent renews, or in the environment.</summary>
    Token = 0,

    /// <summary>AppRole.</summary>
    AppRole,

    /// <summary>A Kubernetes service account.</summary>
    Kubernetes,

    /// <summary>A JWT.</summary>
    Jwt,
}

/// <summary>HashiCorp Vault or OpenBao, key-value engine.</summary>
public sealed record VaultStoreOptions : StoreOptions
{
    /// <summary>Namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Where the engine is mounted; null: found out from the server.</summary>
    public string? Mount { get; init; }

    /// <summary>Version of the engine, 1 or 2; null: found out from the server.</summary>
    public int? EngineVersion { get; init; }

    /// <summary>How it is logged in to.</summary>
    public VaultLogin Login { get; init; }

    /// <summary>Where the login method is mounted, or null for its usual place.</summary>
    public string? LoginMount { get; init; }

    /// <summary>Role of Kubernetes and JWT logins, or null.</summary>
    public string? Role { get; init; }

    /// <summary>A token, or null.</summary>
    public SecretValue? Token { get; init; }

    /// <summary>Absolute path of a file with a token, or null.</summary>
    public string? TokenFile { get; init; }

    /// <summary>AppRole's role id, or null.</summary>
    public string? RoleId { get; init; }

    /// <summary>AppRole's secret id, or null.</summary>
    public SecretValue? SecretId { get; init; }

    /// <summary>Absolute path of the file with the JWT, or null for a service account's usual place.</summary>
    public string? JwtFile { get; init; }

    /// <summary>Further hosts that a standby may redirect to, as <c>host:port</c>.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];
}

/// <summary>Kubernetes Secrets, by the API server.</summary>
public sealed record KubernetesStoreOptions : StoreOptions
{
    /// <summary>Namespace of names that give none, or null for the service account's own.</summary>
    public string? Namespace { get; init; }

    /// <summary>Absolute path of a kubeconfig file, or null for the pod's service account.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Context of the kubeconfig file, or null for its current one.</summary>
    public string? Context { get; init; }
}
