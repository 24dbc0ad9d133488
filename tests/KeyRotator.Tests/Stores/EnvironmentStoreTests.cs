using KeyRotator.Stores;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class EnvironmentStoreTests : SecretStoreContract
{
    [Fact]
    public async Task Read_EmptyVariable_IsAValueWithoutLength()
    {
        var store = await HoldingAsync("EMPTY", "");

        (await ValueAsync(store, "EMPTY")).ShouldBe("");
        (await ValueAsync(store, "UNSET")).ShouldBeNull();
    }

    [Fact]
    public async Task Read_RealEnvironment_FindsAVariable()
    {
        var store = new EnvironmentStore("env");

        (await ValueAsync(store, "PATH")).ShouldBe(Environment.GetEnvironmentVariable("PATH"));
        (await store.ListAsync("PATH", Token).ToListAsync(Token)).ShouldContain(new ListedSecret("PATH", null));
    }

    [Fact]
    public async Task Capabilities_Always_ReadOnly()
    {
        var store = await HoldingAsync("ANY", "value");

        store.Capabilities.ReadOnly.ShouldBeTrue();
        store.ShouldNotBeAssignableTo<IWritableSecretStore>();
    }

    protected override Task<ISecretStore> CreateAsync(IReadOnlyDictionary<string, string> secrets) =>
        Task.FromResult<ISecretStore>(new EnvironmentStore("env", name => secrets.GetValueOrDefault(name), () => secrets.Keys));
}
