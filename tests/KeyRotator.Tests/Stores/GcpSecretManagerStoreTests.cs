using System.Text;
using KeyRotator.Configuration;
using KeyRotator.Stores;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Stores;

/// <summary>The contract where consumers read <c>latest</c>.</summary>
public sealed class GcpSecretManagerStoreTests : RemoteSecretStoreContract
{
    protected override string ReadPermission => "secretmanager.versions.access on projects/keys-prod/secrets/alpha";

    private protected override StoreRequests RotationCalls => new(Reads: 9, Lists: 2, Writes: 4);

    protected override string WritePermission => "secretmanager.versions.add on projects/keys-prod/secrets/alpha";

    // Not in the answer to ListSecrets; asking for each would be a call a secret.
    protected override bool ListsVersions => false;

    protected override FakeStoreServer CreateFake(IReadOnlyDictionary<string, string> secrets) => Gcp.Fake(secrets);

    protected override ISecretStore Connect(FakeStoreServer fake, TimeProvider time) => Gcp.Connect(fake, time);

    protected override void Deny(FakeStoreServer fake, bool isWrite) =>
        ((GcpFake)fake).Denied.UnionWith(
            isWrite ? ["secretmanager.versions.add", "secretmanager.secrets.delete"] : ["secretmanager.versions.access"]);

    protected override string? ValueIn(FakeStoreServer fake, string name) =>
        ((GcpFake)fake).Secrets.GetValueOrDefault(name)?.Versions.LastOrDefault()?.Text;

    protected override int VersionsIn(FakeStoreServer fake, string name) => ((GcpFake)fake).Secrets[name].Versions.Count;

    protected override void WriteForeign(FakeStoreServer fake, string name, string text) => ((GcpFake)fake).AddForeign(name, text);
}

/// <summary>The contract where consumers read an alias.</summary>
public sealed class GcpAliasStoreTests : RemoteSecretStoreContract
{
    protected override string ReadPermission => "secretmanager.versions.access on projects/keys-prod/secrets/alpha";

    private protected override StoreRequests RotationCalls => new(Reads: 12, Lists: 2, Writes: 5);

    protected override string WritePermission => "secretmanager.secrets.update on projects/keys-prod/secrets/alpha";

    protected override bool ListsVersions => false;

    protected override FakeStoreServer CreateFake(IReadOnlyDictionary<string, string> secrets) => Gcp.Fake(secrets, isAliased: true);

    protected override ISecretStore Connect(FakeStoreServer fake, TimeProvider time) => Gcp.Connect(fake, time, Gcp.WithAlias);

    protected override void Deny(FakeStoreServer fake, bool isWrite) =>
        ((GcpFake)fake).Denied.UnionWith(
            isWrite ? ["secretmanager.secrets.update", "secretmanager.secrets.delete"] : ["secretmanager.versions.access"]);

    protected override string? ValueIn(FakeStoreServer fake, string name) => Gcp.Current((GcpFake)fake, name)?.Text;

    protected override int VersionsIn(FakeStoreServer fake, string name) => ((GcpFake)fake).Secrets[name].Versions.Count;

    protected override void WriteForeign(FakeStoreServer fake, string name, string text)
    {
        var secret = ((GcpFake)fake).Secrets[name];
        secret.Add(Encoding.UTF8.GetBytes(text));
        Gcp.Point(secret, secret.Versions.Count);
    }
}

/// <summary>What tests of both kinds share.</summary>
internal static class Gcp
{
    public const string Alias = "current";

    public static GcpStoreOptions Plain { get; } = new() { Project = GcpFake.Project };

    public static GcpStoreOptions WithAlias { get; } = Plain with { Alias = Alias };

    public static GcpStoreOptions Regional { get; } = Plain with { Region = GcpFake.Location };

    public static GcpFake Fake(IReadOnlyDictionary<string, string> secrets, bool isAliased = false, bool isRegional = false)
    {
        var fake = new GcpFake();
        foreach (var (name, text) in secrets)
        {
            fake.Secrets[name] = new() { IsRegional = isRegional };
            fake.Secrets[name].Add(Encoding.UTF8.GetBytes(text));
            if (isAliased)
            {
                fake.Secrets[name].Aliases[Alias] = "1";
            }
        }

        return fake;
    }

    public static GcpSecretManagerStore Connect(
        FakeStoreServer fake, TimeProvider time, GcpStoreOptions? options = null, FixedTokens? tokens = null) =>
        GcpSecretManagerStore.Create(
            new StoreSettings { Name = "mine", Kind = "gcp", Options = (options ?? Plain) with { Address = fake.Address } },
            time,
            tokens ?? new FixedTokens(GcpFake.GoodToken));

    public static GcpFakeVersion? Current(GcpFake fake, string name) =>
        fake.Secrets.GetValueOrDefault(name) is { } secret && secret.Aliases.TryGetValue(Alias, out var number)
            ? secret.Versions.Single(version => GcpApi.Text(version.Number) == number)
            : null;

    public static void Point(GcpFakeSecret secret, long version)
    {
        secret.Aliases[Alias] = GcpApi.Text(version);
        secret.Etag++;
    }
}
