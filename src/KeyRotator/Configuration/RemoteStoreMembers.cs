using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>The members of stores that are reached over the network.</summary>
internal static class RemoteStoreMembers
{
    private static readonly ScalarShape<string> s_host = new(
        "a host with a port, such as `vault-1.example:8200`",
        ScalarForm.Text("^[A-Za-z0-9.\\-\\[\\]:]{1,255}:[0-9]{1,5}$"),
        static scalar => scalar.Text);

    private static readonly ScalarShape<Uri> s_keyVault = new(
        "the name of a key vault, 3 to 24 letters, digits and hyphens, or its address, such as `https://acme-prod.vault.azure.net`",
        ScalarForm.Text("^([A-Za-z][A-Za-z0-9\\-]{1,22}[A-Za-z0-9]|https?://[^/?#@\\\\ ]+/?)$"),
        static scalar => !scalar.Text.Contains("://", StringComparison.Ordinal) ? new Uri($"https://{scalar.Text}.vault.azure.net")
            : WebAddress.Read(scalar.Text) is { } address ? address : new Complaint(""))
    { IsShown = static text => text.AsSpan().IndexOfAny("@?#") < 0 };

    private static readonly ScalarShape<string> s_tenant = new(
        "a tenant's id or domain, such as `acme.onmicrosoft.com`", ScalarForm.Text("^[A-Za-z0-9.\\-]{1,255}$"), static scalar =>
            scalar.Text);

    private static readonly ScalarShape<string> s_clientId = new(
        "a client id of 32 hex digits in five groups, not a name",
        ScalarForm.Text("^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"),
        static scalar => scalar.Text);

    private static readonly ObjectShape<VaultAuthDraft> s_auth = new ObjectShape<VaultAuthDraft>("vault-auth", static _ => new())
        .Optional("method", "What logs in. Default token.",
            Values.OneOf(["token", "approle", "kubernetes", "jwt"], static word => Enum.Parse<VaultLogin>(word, ignoreCase: true)),
            static (auth, method) => auth.Method = method)
        .Optional("mount", "Where the method is mounted. Default: its usual place.", Values.Text, static (auth, text) => auth.Mount = text)
        .Optional("role", "Role of Kubernetes and JWT logins.", Values.Text, static (auth, text) => auth.Role = text)
        .Optional("token", "A token. Default: VAULT_TOKEN or BAO_TOKEN.", Values.Secret, static (auth, token) => auth.Token = token)
        .Optional("tokenFile", "A file with a token, read again at each login: an agent may renew it.",
            Values.Text.Located(), static (auth, path) => auth.TokenFile = path)
        .Optional("roleId", "AppRole's role id.", Values.Text, static (auth, text) => auth.RoleId = text)
        .Optional("secretId", "AppRole's secret id.", Values.Secret, static (auth, secret) => auth.SecretId = secret)
        .Optional("jwtFile", "A file with the JWT. Default: the pod's service account.",
            Values.Text.Located(), static (auth, path) => auth.JwtFile = path)
        .NotBoth("token", "tokenFile");

    public static ObjectShape<StoreDraft> Aws(ObjectShape<StoreDraft> store) => Connected(store, "endpoint")
        .Text("region", "Region. Default: the environment's.")
        .Text("profile", "Profile of the shared configuration files.")
        .Text("roleArn", "Role to assume, with the credentials found.")
        .Text("externalId", "External id that the role asks for.")
        .Optional(
            "fips", "Whether the FIPS endpoint is used. Default false.", Values.Flag, static (store, flag) => store.Remote.Fips = flag);

    public static ObjectShape<StoreDraft> Gcp(ObjectShape<StoreDraft> store) => Connected(store, "endpoint")
        .Required("project", "Project id or number.", Values.Text, static (store, text) => store.Remote.Texts["project"] = text)
        .Text("location", "Location of regional secrets. Default: global secrets.")
        .Text("impersonate", "Service account to impersonate.")
        .Text("alias", "Alias that consumers read. Default: they read latest.");

    public static ObjectShape<StoreDraft> Azure(ObjectShape<StoreDraft> store) => Secured(
        store
            .Required("vault", "The vault's name, or its address where it is in another cloud than the public one.",
                s_keyVault.Located(), static (store, url) => (store.Remote.Address, store.Remote.AddressMember) = (url, "vault"))
            .Optional("tenant", "The vault's tenant, an id or a domain. Default: the vault tells it.",
                s_tenant, static (store, text) => store.Remote.Texts["tenant"] = text)
            .Optional("clientId", "Client id of a user-assigned managed identity or a workload identity. Default: the environment's.",
                s_clientId, static (store, text) => store.Remote.Texts["clientId"] = text));

    public static ObjectShape<StoreDraft> Vault(ObjectShape<StoreDraft> store) => Connected(store, "address")
        .Text("namespace", "Namespace.")
        .Text("mount", "Where the key-value engine is mounted. Default: asked of the server.")
        .Optional("engineVersion", "Version of the engine, 1 or 2. Default: asked of the server.",
            Values.Count(1, 2), static (store, number) => store.Remote.EngineVersion = number)
        .Optional("auth", "How to log in. Default: a token of the environment.", s_auth, static (store, auth) => store.Remote.Auth = auth)
        .Optional("peers", "Further hosts with ports that a standby may redirect to.",
            new ListShape<string>(s_host), static (store, hosts) => store.Remote.Peers = hosts);

    public static ObjectShape<StoreDraft> Kubernetes(ObjectShape<StoreDraft> store) => Connected(store, "endpoint")
        .Text("namespace", "Namespace of names that give none. Default: the service account's own.")
        .Optional("kubeconfig", "A kubeconfig file. Default: the pod's service account.",
            Values.Text.Located(), static (store, path) => store.Remote.Kubeconfig = path)
        .Text("context", "Context of the kubeconfig file. Default: its current one.");

    private static ObjectShape<StoreDraft> Connected(ObjectShape<StoreDraft> store, string address) => Secured(
        store.Optional(address, "Address in place of the vendor's own.",
            Values.BaseUrl.Located(), (store, url) => (store.Remote.Address, store.Remote.AddressMember) = (url, address)));

    private static ObjectShape<StoreDraft> Secured(ObjectShape<StoreDraft> store) =>
        store
            .Optional("ca", "PEM file with the authorities to trust in place of the system's.",
                Values.Text.Located(), static (store, path) => store.Remote.AuthorityFile = path)
            .Optional("clientCertificate", "PEM file with the certificate to show.",
                Values.Text.Located(), static (store, path) => store.Remote.CertificateFile = path)
            .Optional("clientKey", "PEM file with its key. Default: in the same file.",
                Values.Text.Located(), static (store, path) => store.Remote.CertificateKeyFile = path)
            .Optional("discover", "Finds keys by a tag of their secrets, beside those that this file declares.",
                DiscoverDraft.Shape.Located(), static (store, discover) => store.Remote.Discover = discover)
            .Optional("allowInsecure", "Whether plain http to a host that is not loopback is meant. Default false.",
                Values.Flag, static (store, flag) => store.Remote.AllowInsecure = flag);

    private static ObjectShape<StoreDraft> Text(this ObjectShape<StoreDraft> store, string member, string description) =>
        store.Optional(member, description, Values.Text, (store, text) => store.Remote.Texts[member] = text);
}
