using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>The members of a store, by its kind: one line here for each kind of <c>Stores/SecretStores</c>.</summary>
internal static class StoreMembers
{
    private static readonly Dictionary<string, Func<ObjectShape<StoreDraft>>> s_kinds = new(StringComparer.Ordinal)
    {
        ["env"] = static () => Of("env", "The process's environment variables, read-only: a location's name is the variable."),
        ["file"] = static () => Of("file", "A local encrypted file.")
            .Required("path", "The file, relative to this one. It is made on the first write.",
                Values.Text.Located(), static (store, path) => store.Path = path)
            .Optional("passphrase", "Passphrase that its key is derived from.",
                Values.Secret, static (store, secret) => store.Passphrase = secret)
            .Optional("keyFile", "File that holds its key, relative to this one.",
                Values.Text.Located(), static (store, path) => store.KeyFile = path)
            .EitherOf("passphrase", "keyFile"),
        ["aws"] = static () => RemoteStoreMembers.Aws(Of("aws", "AWS Secrets Manager.")),
        ["gcp"] = static () => RemoteStoreMembers.Gcp(Of("gcp", "GCP Secret Manager.")),
        ["azure"] = static () => RemoteStoreMembers.Azure(Of("azure", "Azure Key Vault.")),
        ["vault"] = static () => RemoteStoreMembers.Vault(Of("vault", "HashiCorp Vault or OpenBao, key-value engine.")),
        ["kubernetes"] = static () => RemoteStoreMembers.Kubernetes(Of("kubernetes", "Kubernetes Secrets.")),
    };

    /// <summary>Kinds that cannot be written.</summary>
    public static bool IsReadOnly(string kind) => kind == "env";

    /// <summary>A store of any of these kinds.</summary>
    public static KindShape<StoreDraft> Shape(IReadOnlyList<string> kinds) =>
        new("a store", kinds.ToDictionary(kind => kind, kind => s_kinds[kind](), StringComparer.Ordinal));

    private static ObjectShape<StoreDraft> Of(string kind, string description) =>
        new ObjectShape<StoreDraft>($"store-{kind}", _ => new(kind))
            .Required("kind", description, Values.OneOf([kind]), static (_, _) => { });
}
