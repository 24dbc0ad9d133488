using KeyRotator.Configuration;

namespace KeyRotator.Stores;

/// <summary>Every store kind there is: one line each.</summary>
internal static class SecretStores
{
    /// <summary>The kinds that configuration may name.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["env", "file"];

    /// <summary>Makes a configured store. Opens nothing: a store that cannot be reached fails when it is used.</summary>
    public static ISecretStore Create(StoreSettings settings, TimeProvider time) => throw new NotImplementedException();
}
