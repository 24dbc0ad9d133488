using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

/// <summary>What a store of kind azure may say.</summary>
public sealed class KeyVaultMembersTests
{
    private const string ClientId = "0a1b2c3d-0000-1111-2222-333344445555";

    [Theory]
    [InlineData("acme-prod", "https://acme-prod.vault.azure.net/")]
    [InlineData("\"https://acme-prod.vault.azure.cn/\"", "https://acme-prod.vault.azure.cn/")]
    [InlineData("\"http://127.0.0.1:8443\"", "http://127.0.0.1:8443/")]
    public void Load_Vault_IsItsAddress(string vault, string address) =>
        Load($"vault: {vault}").Settings.ShouldNotBeNull().Stores["a"].Options.ShouldBeOfType<AzureStoreOptions>().Address
            .ShouldBe(new Uri(address));

    [Fact]
    public void Load_AllMembers_AreTaken()
    {
        var result = Load($"vault: acme, tenant: acme.onmicrosoft.com, clientId: {ClientId}, ca: ca.pem");

        result.Faults.ShouldBeEmpty();
        var options = result.Settings.ShouldNotBeNull().Stores["a"].Options.ShouldBeOfType<AzureStoreOptions>();
        (options.Tenant, options.ClientId).ShouldBe(("acme.onmicrosoft.com", ClientId));
        options.AuthorityFile.ShouldNotBeNull().ShouldEndWith("ca.pem");
    }

    [Theory]
    [InlineData("tenant: t", "`vault` is missing")]
    [InlineData("vault: a", "`a` is not the name of a key vault, 3 to 24 letters, digits and hyphens, or its address")]
    [InlineData("vault: acme.vault.azure.net", "is not the name of a key vault")]
    [InlineData("vault: acme-", "is not the name of a key vault")]
    [InlineData("vault: \"https://acme.vault.azure.net/secrets/x\"", "is not the name of a key vault")]
    [InlineData("vault: \"https://u:p@acme.vault.azure.net\"", "the value (not shown) is not the name of a key vault")]
    [InlineData("vault: \"http://acme.vault.azure.net\"", "plain http")]
    [InlineData("vault: \"https://169.254.169.254\"", "link-local")]
    [InlineData("vault: acme, clientId: keyrotator", "`keyrotator` is not a client id of 32 hex digits")]
    [InlineData("vault: acme, tenant: \"https://acme\"", "is not a tenant's id or domain")]
    [InlineData("vault: acme, endpoint: \"https://h\"", "`endpoint` is not a member here")]
    public void Load_WhatCannotBe_IsAFault(string members, string message)
    {
        var fault = Load(members).Faults.ShouldHaveSingleItem();

        fault.ToString().ShouldContain(message);
        fault.ToString().ShouldNotContain("u:p");
    }

    private static LoadResult Load(string members)
    {
        using var folder = new SettingsFolder();
        return SettingsLoader.Load(folder.Write("keyrotator.yaml", $"stores: {{ a: {{ kind: azure, {members} }} }}"), static _ => null);
    }
}
