using KeyRotator.Configuration;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Architecture;

/// <summary>Every store is in the list once, and is held to the contract.</summary>
public sealed class StoreRegistrationTests
{
    private static readonly Type[] s_stores =
        [.. typeof(ISecretStore).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(ISecretStore)))];

    private static readonly Type[] s_contracts =
        [.. typeof(SecretStoreContract).Assembly.GetTypes().Where(type => type.IsSealed && type.IsSubclassOf(typeof(SecretStoreContract)))];

    public static TheoryData<string> Kinds => [.. SecretStores.Kinds];

    [Fact]
    public void Kinds_Created_AreEveryStoreOnce() =>
        SecretStores.Kinds.Select(kind => Create(kind)).Append(CreateGcp("current")).Select(store => store.GetType())
            .ShouldBe(s_stores, ignoreOrder: true);

    [Fact]
    public void Create_Gcp_StagesOnlyWhereAnAliasIsRead()
    {
        (CreateGcp(null) is IStagingSecretStore, CreateGcp(null).Capabilities.CanStage).ShouldBe((false, false));
        (CreateGcp("current") is IStagingSecretStore, CreateGcp("current").Capabilities.CanStage).ShouldBe((true, true));
    }

    [Fact]
    public void Stores_All_HaveContractTests() =>
        s_stores.Select(store => store.Name + "Tests").ShouldBeSubsetOf(s_contracts.Select(contract => contract.Name));

    [Fact]
    public void Stores_ThatCanBeWritten_HaveTheContractForWriting() =>
        s_stores.Where(store => store.IsAssignableTo(typeof(IWritableSecretStore))).ShouldAllBe(store =>
            s_contracts.Any(type => type.Name == store.Name + "Tests" && type.IsAssignableTo(typeof(WritableSecretStoreContract))));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Create_KnownKind_HasItsNameAndTouchesNothing(string kind)
    {
        var store = Create(kind.ToUpperInvariant());

        store.Name.ShouldBe("mine");
        store.Capabilities.ReadOnly.ShouldBe(store is not IWritableSecretStore);
        Directory.Exists("/absent").ShouldBeFalse();
    }

    [Fact]
    public void Create_UnknownKind_NamesTheKnownOnes() =>
        Should.Throw<ArgumentException>(() => Create("keychain")).Message.ShouldContain("env, file");

    [Fact]
    public void Create_FileWithoutOrWithTwoKeys_IsRefused()
    {
        var settings = new StoreSettings { Name = "mine", Kind = "file", Path = "/absent/secrets.enc" };

        Should.Throw<ArgumentException>(() => SecretStores.Create(settings, TimeProvider.System));
        var both = settings with { KeyFile = "/absent/key", Passphrase = new SecretValue("p") };
        Should.Throw<ArgumentException>(() => SecretStores.Create(both, TimeProvider.System));
    }

    private static ISecretStore Create(string kind) =>
        SecretStores.Create(
            new StoreSettings
            {
                Name = "mine",
                Kind = kind,
                Path = "/absent/secrets.enc",
                KeyFile = "/absent/key",
                Options = kind.ToUpperInvariant() switch
                {
                    "GCP" => new GcpStoreOptions { Project = "p" },
                    "AZURE" => new AzureStoreOptions { Address = new Uri("https://v.vault.azure.net") },
                    _ => null,
                },
            },
            TimeProvider.System);

    // One kind, two types: staging is an ability of consumers that read an alias.
    private static ISecretStore CreateGcp(string? alias) => SecretStores.Create(
        new StoreSettings { Name = "mine", Kind = "gcp", Options = new GcpStoreOptions { Project = "p", Alias = alias } },
        TimeProvider.System);
}
