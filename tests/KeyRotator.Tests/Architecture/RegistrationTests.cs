using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Architecture;

public sealed class RegistrationTests
{
    [Fact]
    public void Providers_InTheAssembly_AreEachListedOnce()
    {
        var existing = typeof(IKeyProvider).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IKeyProvider)));

        KeyProviders.All.Select(provider => provider.GetType()).ShouldBe(existing, ignoreOrder: true);
    }

    [Fact]
    public void Providers_Kinds_AreUniqueInAnyCase() =>
        KeyProviders.All.Select(provider => provider.Kind.ToUpperInvariant()).ShouldBeUnique();

    [Fact]
    public void Providers_Variables_BelongToOneProviderEach() =>
        KeyProviders.All.SelectMany(provider => provider.Profile.Variables).ShouldBeUnique();

    [Fact]
    public void Providers_Each_HaveAContractTest()
    {
        var tested = typeof(RegistrationTests).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(KeyProviderContract)))
            .Select(type => ((KeyProviderContract)Activator.CreateInstance(type)!).Provider.GetType());

        tested.ShouldBe(KeyProviders.All.Select(provider => provider.GetType()), ignoreOrder: true);
    }
}
