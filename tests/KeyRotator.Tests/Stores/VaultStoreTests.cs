using KeyRotator.Stores;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Stores;

/// <summary>An engine of version 2 under the shared contract. A secret is a map of fields there, not a text.</summary>
public sealed class VaultStoreTests : RemoteSecretStoreContract
{
    protected override bool IsMapOfFields => true;

    protected override bool ListsVersions => false; // each would cost a call

    protected override string ReadPermission => "path \"secret/data/alpha\" { capabilities = [\"read\"] }";

    private protected override StoreRequests RotationCalls => new(Reads: 6, Lists: 0, Writes: 3);

    protected override string WritePermission => "\"update\"";

    protected override FakeStoreServer CreateFake(IReadOnlyDictionary<string, string> secrets)
    {
        var fake = new VaultFake();
        foreach (var (name, text) in secrets)
        {
            fake.Add(name, text);
        }

        return fake;
    }

    protected override ISecretStore Connect(FakeStoreServer fake, TimeProvider time) => VaultStores.Connect((VaultFake)fake, time);

    protected override void Deny(FakeStoreServer fake, bool isWrite)
    {
        var vault = (VaultFake)fake;
        (vault.MayRead, vault.MayWrite, vault.MayTag, vault.MayRemove) = (isWrite, false, false, false);
    }

    protected override string? ValueIn(FakeStoreServer fake, string name) => VaultStores.ValueIn((VaultFake)fake, name);

    protected override int VersionsIn(FakeStoreServer fake, string name) => ((VaultFake)fake).Secrets[name].Current;

    protected override void WriteForeign(FakeStoreServer fake, string name, string text) => ((VaultFake)fake).Add(name, text);
}
