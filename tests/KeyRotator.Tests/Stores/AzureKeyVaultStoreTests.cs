using Azure.Core;
using KeyRotator.Configuration;
using KeyRotator.Stores;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Stores;

/// <summary>The contract.</summary>
public sealed class AzureKeyVaultStoreTests : RemoteSecretStoreContract
{
    protected override string ReadPermission => "Microsoft.KeyVault/vaults/secrets/getSecret/action on 127.0.0.1/secrets/alpha";

    private protected override StoreRequests RotationCalls => new(Reads: 6, Lists: 4, Writes: 2);

    protected override string WritePermission => "Microsoft.KeyVault/vaults/secrets/setSecret/action on 127.0.0.1/secrets/alpha";

    // Not in the answer to Get Secrets; asking for each would be a call a secret.
    protected override bool ListsVersions => false;

    protected override FakeStoreServer CreateFake(IReadOnlyDictionary<string, string> secrets) => AzureVaults.Fake(secrets);

    protected override ISecretStore Connect(FakeStoreServer fake, TimeProvider time) => AzureVaults.Connect(fake, time);

    protected override void Deny(FakeStoreServer fake, bool isWrite) => ((AzureKeyVaultFake)fake).Denied.UnionWith(
        isWrite ? ["secrets/setSecret/action", "secrets/delete"] : ["secrets/getSecret/action"]);

    protected override string? ValueIn(FakeStoreServer fake, string name) =>
        ((AzureKeyVaultFake)fake).Secrets.GetValueOrDefault(name)?.Versions[^1].Text;

    protected override int VersionsIn(FakeStoreServer fake, string name) => ((AzureKeyVaultFake)fake).Secrets[name].Versions.Count;

    protected override void WriteForeign(FakeStoreServer fake, string name, string text) =>
        ((AzureKeyVaultFake)fake).AddForeign(name, text);
}

/// <summary>What tests of the store share.</summary>
internal static class AzureVaults
{
    public static AzureKeyVaultFake Fake(IReadOnlyDictionary<string, string> secrets)
    {
        var fake = new AzureKeyVaultFake();
        secrets.ToList().ForEach(secret => fake.AddForeign(secret.Key, secret.Value));
        return fake;
    }

    public static AzureKeyVaultStore Connect(
        FakeStoreServer fake, TimeProvider time, AzureTokens? tokens = null, AzureStoreOptions? options = null) =>
        Connect(fake.Address, time, tokens, options);

    public static AzureKeyVaultStore Connect(
        Uri vault, TimeProvider time, AzureTokens? tokens = null, AzureStoreOptions? options = null) =>
        AzureKeyVaultStore.Create(
            new StoreSettings { Name = "mine", Kind = "azure", Options = (options ?? new()) with { Address = vault } },
            time,
            () => tokens ?? new AzureTokens(AzureKeyVaultFake.GoodToken));
}

/// <summary>Gives the same access token always, and remembers what was asked for.</summary>
internal sealed class AzureTokens(string token) : TokenCredential
{
    private readonly List<TokenRequestContext> _asked = [];

    /// <summary>What tokens were asked for, oldest first.</summary>
    public IReadOnlyList<TokenRequestContext> Asked => _asked;

    /// <summary>What asking fails with, or null.</summary>
    public Exception? Failure { get; set; }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _asked.Add(requestContext);
        return Failure is null ? new(new AccessToken(token, DateTimeOffset.MaxValue)) : throw Failure;
    }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Nothing here waits for a token.");
}
