using KeyRotator.Configuration;

namespace KeyRotator.Stores;

/// <summary>Every store kind there is: one line each.</summary>
internal static class SecretStores
{
    private static readonly Dictionary<string, Func<StoreSettings, TimeProvider, ISecretStore>> s_kinds =
        new(StringComparer.OrdinalIgnoreCase)
        {
            [EnvironmentStore.Kind] = (settings, _) => new EnvironmentStore(settings.Name),
            [FileStore.Kind] = FileStore.Create,
            [AwsSecretsManagerStore.Kind] = AwsSecretsManagerStore.Create,
            [VaultStore.Kind] = VaultStore.Create,
            [GcpSecretManagerStore.Kind] = GcpSecretManagerStore.Create,
            [AzureKeyVaultStore.Kind] = AzureKeyVaultStore.Create,
            [KubernetesSecretStore.Kind] = KubernetesSecretStore.Create,
        };

    /// <summary>The kinds that configuration may name.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. s_kinds.Keys];

    /// <summary>Makes all configured stores, by name.</summary>
    public static IReadOnlyDictionary<string, ISecretStore> CreateAll(Settings settings, TimeProvider time) =>
        settings.Stores.Values.Select(store => Create(store, time)).ToDictionary(store => store.Name, StringComparer.Ordinal);

    /// <summary>Makes a configured store. Opens nothing: a store that cannot be reached fails when it is used.</summary>
    /// <exception cref="ArgumentException">The settings name an unknown kind, or leave out what the kind needs: configuration refuses
    /// both.</exception>
    public static ISecretStore Create(StoreSettings settings, TimeProvider time) => s_kinds.TryGetValue(settings.Kind, out var create)
        ? create(settings, time)
        : throw new ArgumentException(
            $"Store {settings.Name} has the unknown kind {settings.Kind}; known are {string.Join(", ", Kinds)}.", nameof(settings));
}
