using System.Text.Json;
using KeyRotator.Configuration;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Tests.Stores;

/// <summary>Makes stores over a fake Vault.</summary>
internal static class VaultStores
{
    public static VaultStoreOptions Options(VaultFake fake) =>
        new() { Address = fake.Address, Mount = "secret", Token = new SecretValue(VaultFake.RootToken) };

    public static VaultStore Connect(VaultFake fake, TimeProvider time, Func<VaultStoreOptions, VaultStoreOptions>? change = null) =>
        Of(change is null ? Options(fake) : change(Options(fake)), time);

    public static VaultStore Of(VaultStoreOptions options, TimeProvider time, IReadOnlyDictionary<string, string>? environment = null) =>
        new(new StoreSettings { Name = "vault", Kind = "vault", Options = options }, time, name => environment?.GetValueOrDefault(name));

    /// <summary>The text of a secret's only field.</summary>
    public static string? ValueIn(VaultFake fake, string name)
    {
        if (!fake.Secrets.TryGetValue(name, out var kept) || kept.Versions.Count == 0)
        {
            return null;
        }

        using var fields = JsonDocument.Parse(kept.Latest.Fields);
        return fields.RootElement.EnumerateObject().Single().Value.GetString();
    }
}
