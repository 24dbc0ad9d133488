using System.Text;
using Azure.Core;
using Azure.Identity;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Stores.Auth;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores.Auth;

/// <summary>Tokens: which are asked for, of whose tenant, and what is said where there is none.</summary>
public sealed class AzureLoginTests : IAsyncDisposable
{
    private const string OtherTenant = "99999999-2222-3333-4444-555555555555";

    private readonly AzureKeyVaultFake _fake = AzureVaults.Fake(new Dictionary<string, string> { ["alpha"] = "one" });
    private readonly ManualClock _clock = new();

    public static TheoryData<string, bool, string> Refusals => new()
    {
        { "AADSTS700016: Application with identifier '*' was not found", false, "the application is not in that tenant" },
        { "AADSTS90002: Tenant '*' not found", false, "no such tenant" },
        { "AADSTS7000215: Invalid client secret *", false, "the client secret is wrong" },
        { "AADSTS7000222: The provided client secret keys are expired *", false, "the client secret has expired" },
        { "AADSTS700024: Client assertion is not within its valid time range *", false, "compare this machine's clock" },
        { "AADSTS700213: No matching federated identity record found for presented assertion subject '*'", false, "federated credential" },
        { "AADSTS90033: A transient error has occurred *", true, "gives no token now" },
        { "AADSTS12345678: *", false, "Microsoft Entra refuses the credentials" },
        { "something that has no code: *", false, "the credentials that were found give no token" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SecretLocation Alpha => new() { Store = "mine", Name = "alpha" };

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    [Fact]
    public async Task Read_FirstCall_AsksForTheTenantThatTheVaultNames()
    {
        var tokens = new AzureTokens(AzureKeyVaultFake.GoodToken);
        var store = await StartAsync(tokens);

        await store.ReadAsync(Alpha, null, Token);
        await store.ReadAsync(Alpha, null, Token);

        var asked = tokens.Asked.ShouldHaveSingleItem();
        (asked.TenantId, asked.Scopes.Single()).ShouldBe((AzureKeyVaultFake.Tenant, "https://vault.azure.net/.default"));
    }

    [Fact]
    public async Task Read_VaultOfAnotherTenant_IsRefusedBeforeATokenIsAskedFor()
    {
        var tokens = new AzureTokens(AzureKeyVaultFake.GoodToken);
        var store = await StartAsync(tokens, new() { Tenant = OtherTenant });

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        failure.Advice.ShouldBe($"the vault belongs to tenant {AzureKeyVaultFake.Tenant}, but `tenant` is {OtherTenant}.");
        (failure.IsTransient, failure.Operation, failure.Location).ShouldBe((false, "read", Alpha));
        tokens.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_TenantByItsDomain_IsWhatIsAskedFor()
    {
        var tokens = new AzureTokens(AzureKeyVaultFake.GoodToken);
        var store = await StartAsync(tokens, new() { Tenant = "acme.onmicrosoft.com" });

        (await store.ReadAsync(Alpha, null, Token)).ShouldNotBeNull().Value.Reveal().ShouldBe("one");

        tokens.Asked.ShouldHaveSingleItem().TenantId.ShouldBe("acme.onmicrosoft.com");
    }

    [Fact]
    public async Task Read_TokenOfAnotherTenant_SaysSo()
    {
        var store = await StartAsync(new AzureTokens("eyJ.of.another"));

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        (failure.IsTransient, failure.Advice).ShouldBe(
            (false, "the token is of another tenant than the vault: set `tenant` to the vault's, with an identity of that tenant."));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Read_LoginRefused_SaysWhyWithoutMicrosoftsText(string message, bool isTransient, string advice)
    {
        var canary = new Canary();
        var store = await StartAsync(new AzureTokens("x")
        {
            Failure = new AuthenticationFailedException(message.Replace("*", canary.Text, StringComparison.Ordinal)),
        });

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        (failure.IsTransient, failure.Advice.Contains(advice, StringComparison.Ordinal)).ShouldBe((isTransient, true), failure.Advice);
        canary.ShouldBeAbsentFrom(failure.ToString());
    }

    [Fact]
    public async Task Read_LoginUnreachable_IsTransient()
    {
        var cause = new HttpRequestException("no connection");
        var store = await StartAsync(
            new AzureTokens("x") { Failure = new AuthenticationFailedException("failed", new AggregateException(cause)) });

        (await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token))).IsTransient.ShouldBeTrue();
    }

    [Fact]
    public async Task Read_NoCredentials_NamesTheWaysToGiveSome()
    {
        var store = await StartAsync(
            new AzureTokens("x") { Failure = new CredentialUnavailableException("none", new HttpRequestException()) });

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        (failure.IsTransient, failure.Advice.StartsWith("no usable credentials: set AZURE_TENANT_ID", StringComparison.Ordinal))
            .ShouldBe((false, true));
    }

    [Fact]
    public async Task Read_LoginHangs_EndsWithTheTimeLimit()
    {
        await _fake.StartAsync(Token);
        var asked = new TaskCompletionSource();
        var store = AzureKeyVaultStore.Create(Settings(_fake.Address), _clock, () => new Hanging(asked));

        var read = store.ReadAsync(Alpha, null, Token);
        await asked.Task.WaitAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(60));

        (await Should.ThrowAsync<SecretStoreException>(read)).IsTransient.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"tid":"t-1","xms_mirid":"/subscriptions/s/userAssignedIdentities/kr","appid":"a"}""",
        "managed identity /subscriptions/s/userAssignedIdentities/kr of tenant t-1")]
    [InlineData("""{"tid":"t-1","upn":"ann@acme.example","appid":"a"}""", "user ann@acme.example of tenant t-1")]
    [InlineData("""{"tid":"t-1","appid":"a-1"}""", "application a-1 of tenant t-1")]
    [InlineData("""{"appid":"line\nbreak"}""", "an identity that its token does not name")]
    [InlineData("[]", "an identity that its token does not name")]
    [InlineData("}{", "an identity that its token does not name")]
    public async Task Test_Steps_TellWhoItIsWithoutTheToken(string claims, string identity)
    {
        var token = $"h.{Convert.ToBase64String(Encoding.UTF8.GetBytes(claims)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.s";
        _fake.Tokens.Add(token);
        var store = await StartAsync(new AzureTokens(token));

        var steps = await store.TestAsync([], Token);

        steps.Select(step => (step.Name, step.Passed)).ShouldBe([("log in", true), ("reach and list", true), ("read", true)]);
        steps[0].Message.ShouldBe(identity);
        steps[2].Message.ShouldBe(
            "secret alpha can be read; writing is not tried, it needs Microsoft.KeyVault/vaults/secrets/setSecret/action");
        steps.ShouldAllBe(step => !step.Message.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Test_MissingPermissions_AreNamed()
    {
        var store = await StartAsync(new AzureTokens(AzureKeyVaultFake.GoodToken));
        _fake.Denied.Add("secrets/getSecret/action");
        var steps = await store.TestAsync([], Token);
        steps.Select(step => step.Passed).ShouldBe([true, true, false]);
        steps[2].Message.ShouldContain("Microsoft.KeyVault/vaults/secrets/getSecret/action");

        _fake.Denied.Add("secrets/readMetadata/action");
        steps = await store.TestAsync([], Token);
        steps.Select(step => step.Passed).ShouldBe([true, false]);
        steps[1].Message.ShouldContain("Microsoft.KeyVault/vaults/secrets/readMetadata/action on 127.0.0.1 (Key Vault Secrets User)");
    }

    [Fact]
    public async Task Test_NoCredentials_IsAStepThatFailed()
    {
        var store = await StartAsync(new AzureTokens("x") { Failure = new CredentialUnavailableException("none") });

        var step = (await store.TestAsync([], Token)).ShouldHaveSingleItem();

        (step.Name, step.Passed).ShouldBe(("log in", false));
        _fake.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Test_EmptyVault_PassesAndSaysSo()
    {
        var store = await StartAsync(new AzureTokens(AzureKeyVaultFake.GoodToken));
        _fake.Secrets.Clear();

        (await store.TestAsync([], Token)).Select(step => (step.Passed, step.Message)).ShouldBe([
            (true, "an identity that its token does not name"), (true, "127.0.0.1: no secret yet"),
            (true, "not tried: there is no secret that is enabled"),
        ]);
    }

    // A token for one service must not go to another that asks for it.
    [Theory]
    [InlineData("https://vault.azure.net", 1, "its own")]
    [InlineData("https://management.azure.com", 0, "another service's")]
    [InlineData("https://azure.net.evil.example", 0, "somebody else's")]
    public async Task Challenge_OfARealVault_MustBeForKeyVault(string resource, int asked, string reason)
    {
        var tokens = new AzureTokens(AzureKeyVaultFake.GoodToken);
        var vault = new Uri($"https://v{Guid.NewGuid():N}.vault.azure.net"); // challenges are remembered by host
        using var challenge = new Challenging(resource);
        var client = AzureKeyVaultApi.Connect(vault, challenge, tokens);

        await Should.ThrowAsync<Exception>(() => client.GetSecretAsync("alpha", null, Token), reason);

        tokens.Asked.Count.ShouldBe(asked, reason);
    }

    [Theory]
    [InlineData("https://v.vault.azure.net", null, "https://vault.azure.net/.default")]
    [InlineData("https://v.vault.azure.cn", "https://login.chinacloudapi.cn/", "https://vault.azure.cn/.default")]
    [InlineData("https://v.vault.usgovcloudapi.net", "https://login.microsoftonline.us/", "https://vault.usgovcloudapi.net/.default")]
    [InlineData("https://kv.private.example", null, "https://vault.azure.net/.default")]
    public void Cloud_OfAVault_IsToldByItsAddress(string vault, string? authority, string scope)
    {
        (AzureCloud.AuthorityOf(new Uri(vault))?.AbsoluteUri).ShouldBe(authority);
        AzureCloud.ScopeOf(new Uri(vault)).ShouldBe(scope);
    }

    [Fact]
    public void Credentials_OfAnyOptions_AreMadeWithoutACall() =>
        AzureCredentials.Find(new() { Tenant = OtherTenant, ClientId = "c", Address = new Uri("https://v.vault.azure.cn") })
            .ShouldBeOfType<DefaultAzureCredential>();

    [Fact]
    public async Task Credentials_ThatCannotBeSetUp_AreAFailureOfTheStore()
    {
        await _fake.StartAsync(Token);
        var store = AzureKeyVaultStore.Create(
            Settings(_fake.Address), _clock, () => AzureCredentials.Find(new() { Tenant = "no tenant at all" }));

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(Alpha, null, Token));

        failure.Advice.ShouldBe("the credentials cannot be set up: check `tenant`, `clientId` and the AZURE_ variables.");
    }

    private static StoreSettings Settings(Uri vault) =>
        new() { Name = "mine", Kind = "azure", Options = new AzureStoreOptions { Address = vault } };

    private async Task<AzureKeyVaultStore> StartAsync(AzureTokens tokens, AzureStoreOptions? options = null)
    {
        await _fake.StartAsync(Token);
        return AzureVaults.Connect(_fake, _clock, tokens, options);
    }

    private sealed class Challenging(string resource) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage(System.Net.HttpStatusCode.Unauthorized) { Content = new StringContent("{}") };
            answer.Headers.Add(
                "WWW-Authenticate", $"Bearer authorization=\"https://login.example/{OtherTenant}\", resource=\"{resource}\"");
            return Task.FromResult(answer);
        }
    }

    private sealed class Hanging(TaskCompletionSource asked) : TokenCredential
    {
        public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            var ended = new TaskCompletionSource<AccessToken>();
            await using var end = cancellationToken.Register(() => ended.TrySetCanceled(cancellationToken));
            asked.TrySetResult();
            return await ended.Task;
        }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing here waits for a token.");
    }
}
