using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>Where tokens come from, how long they are kept, and whom they are shown to.</summary>
public sealed class VaultLoginTests : IAsyncDisposable
{
    private const string AppRole = """auth/approle/login {"role_id":"role","secret_id":"the-secret-id"}""";

    private readonly VaultFake _fake = new();
    private readonly ManualClock _clock = new();
    private readonly TempFolder _folder = new();
    private readonly List<VaultStore> _stores = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _stores.ForEach(store => store.Dispose());
        _folder.Dispose();
        await _fake.DisposeAsync();
    }

    [Theory]
    [InlineData("VAULT_ADDR", "VAULT_TOKEN")]
    [InlineData("BAO_ADDR", "BAO_TOKEN")]
    public async Task Environment_AddressAndToken_AreUsed(string address, string token)
    {
        await StartAsync();
        var environment = new Dictionary<string, string> { [address] = _fake.Address.AbsoluteUri, [token] = VaultFake.RootToken };

        await ReadsAsync(Keep(VaultStores.Of(new VaultStoreOptions { Mount = "secret" }, _clock, environment)));

        _fake.Requests.ShouldAllBe(
            request => request.Headers["X-Vault-Request"] == "true" && !request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Environment_HomeWithToken_IsTheLastResort()
    {
        await StartAsync();
        await File.WriteAllTextAsync(_folder[".vault-token"], VaultFake.RootToken + "\n", Token);
        var home = _folder.Path;

        await ReadsAsync(Keep(VaultStores.Of(
            new VaultStoreOptions { Address = _fake.Address, Mount = "secret" }, _clock, new Dictionary<string, string> { ["HOME"] = home })));
    }

    [Fact]
    public async Task Environment_NothingGiven_SaysWhatToGive()
    {
        await StartAsync();
        var unaddressed = Keep(VaultStores.Of(new VaultStoreOptions { Mount = "secret" }, _clock));
        var unnamed = Keep(VaultStores.Of(new VaultStoreOptions { Address = _fake.Address, Mount = "secret" }, _clock));

        (await Should.ThrowAsync<SecretStoreException>(() => ReadsAsync(unaddressed))).Advice.ShouldContain("VAULT_ADDR");
        (await Should.ThrowAsync<SecretStoreException>(() => ReadsAsync(unnamed))).Advice.ShouldContain("VAULT_TOKEN");
    }

    [Theory]
    [InlineData("http://vault.example:8200", "plain http")]
    [InlineData("http://169.254.169.254", "link-local")]
    [InlineData("https://169.254.169.254", "link-local")]
    [InlineData("https://user:pass@vault.example", "there is no address")]
    [InlineData("vault.example:8200", "there is no address")]
    public async Task Environment_AddressThatIsNone_IsNotAsked(string address, string advice)
    {
        var environment = new Dictionary<string, string> { ["VAULT_ADDR"] = address, ["VAULT_TOKEN"] = VaultFake.RootToken };
        var store = Keep(VaultStores.Of(new VaultStoreOptions { Mount = "secret" }, _clock, environment));

        (await Should.ThrowAsync<SecretStoreException>(() => ReadsAsync(store))).Advice.ShouldContain(advice);
    }

    [Fact]
    public async Task TokenFile_Replaced_IsReadAgain()
    {
        await StartAsync();
        var file = _folder["token"];
        var store = Connect(options => options with { Token = null, TokenFile = file });
        (await Should.ThrowAsync<SecretStoreException>(() => ReadsAsync(store))).Advice.ShouldContain("cannot be read");
        await File.WriteAllTextAsync(file, VaultFake.RootToken, Token);
        await ReadsAsync(store);
        _fake.Tokens.Clear();
        _fake.Tokens.Add("hvs.second");
        await File.WriteAllTextAsync(file, "hvs.second", Token);

        await ReadsAsync(store);
    }

    [Fact]
    public async Task AppRole_Login_IsMadeOnceAndRenewedAtTwoThirds()
    {
        await StartAsync(AppRole);
        var store = ByAppRole();
        await ReadsAsync(store);
        _clock.Advance(TimeSpan.FromMinutes(39));
        await ReadsAsync(store);
        (Logins, Renewals).ShouldBe((1, 0));

        _clock.Advance(TimeSpan.FromMinutes(2));
        await ReadsAsync(store);

        (Logins, Renewals).ShouldBe((1, 1));
        _fake.Requests.ShouldAllBe(request => !request.Path.Contains("the-secret-id") && !request.Query.Contains("the-secret-id"));
    }

    [Fact]
    public async Task AppRole_RenewalGrantsLess_LogsInAgain()
    {
        await StartAsync(AppRole);
        _fake.MostRenewed = 600;
        var store = ByAppRole();
        await ReadsAsync(store);

        _clock.Advance(TimeSpan.FromMinutes(41));
        await ReadsAsync(store);

        (Logins, Renewals).ShouldBe((2, 1));
    }

    [Fact]
    public async Task AppRole_BatchToken_IsNotRenewed()
    {
        await StartAsync(AppRole);
        _fake.TokenType = "batch";
        var store = ByAppRole();
        await ReadsAsync(store);

        _clock.Advance(TimeSpan.FromMinutes(41));
        await ReadsAsync(store);

        (Logins, Renewals).ShouldBe((2, 0));
    }

    [Fact]
    public async Task AppRole_LeaseOfZero_NeverEnds()
    {
        await StartAsync(AppRole);
        _fake.Lease = 0;
        var store = ByAppRole();
        await ReadsAsync(store);

        _clock.Advance(TimeSpan.FromDays(400));
        await ReadsAsync(store);

        (Logins, Renewals).ShouldBe((1, 0));
    }

    [Fact]
    public async Task AppRole_TokenRevoked_LogsInOnceMore()
    {
        await StartAsync(AppRole);
        var store = ByAppRole();
        await ReadsAsync(store);
        _fake.Tokens.Clear();

        await ReadsAsync(store);

        Logins.ShouldBe(2);
    }

    [Fact]
    public async Task AppRole_Denied_IsAPermissionErrorAfterOneLogin()
    {
        await StartAsync(AppRole);
        var store = ByAppRole();
        await ReadsAsync(store);
        _fake.MayRead = false;

        for (var call = 0; call < 3; call++)
        {
            (await Should.ThrowAsync<SecretStoreException>(() => ReadsAsync(store))).MissingPermission.ShouldNotBeNull();
        }

        Logins.ShouldBe(2);
    }

    [Fact]
    public async Task AppRole_Refused_NamesNoSecret()
    {
        await StartAsync("auth/approle/login {}");

        var failure = await Should.ThrowAsync<SecretStoreException>(() => ReadsAsync(ByAppRole()));

        (failure.Operation, failure.IsTransient).ShouldBe(("login", false));
        failure.ToString().ShouldNotContain("the-secret-id");
    }

    [Fact]
    public async Task AppRole_RenewalFailsForNow_KeepsTheToken()
    {
        await StartAsync(AppRole);
        var store = ByAppRole();
        await ReadsAsync(store);
        _clock.Advance(TimeSpan.FromMinutes(41));
        _fake.Inject(StoreFault.ServerError, request => request.Path.EndsWith("renew-self", StringComparison.Ordinal));

        await ReadsAsync(store);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await ReadsAsync(store);

        (Logins, Renewals).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData(VaultLogin.Kubernetes, null, "auth/kubernetes/login")]
    [InlineData(VaultLogin.Jwt, "ci/eu", "auth/ci/eu/login")]
    public async Task Jwt_File_IsSent(VaultLogin login, string? mount, string path)
    {
        await StartAsync(path + """ {"role":"keyrotator","jwt":"the-jwt"}""");
        await File.WriteAllTextAsync(_folder["jwt"], "the-jwt\n", Token);

        await ReadsAsync(Connect(options => options with
        {
            Token = null,
            Login = login,
            LoginMount = mount,
            Role = "keyrotator",
            JwtFile = _folder["jwt"],
        }));
    }

    [Fact]
    public async Task GivenToken_NearItsEnd_IsRenewedInALongLife()
    {
        await StartAsync();
        _fake.Left = 3600;
        var store = Connect(options => options);
        await ReadsAsync(store);

        _clock.Advance(TimeSpan.FromMinutes(6));
        await ReadsAsync(store);
        _clock.Advance(TimeSpan.FromMinutes(41));
        await ReadsAsync(store);

        Renewals.ShouldBe(1);
    }

    [Fact]
    public async Task Standby_RedirectsToAPeer_IsFollowedWithTheToken()
    {
        await StartAsync();
        await using var standby = await StandbyAsync(_fake.Address);
        var store = Connect(options => options with { Address = standby.Address, Peers = [_fake.Address.Authority] });

        await ReadsAsync(store);
        await store.WriteAsync(new(At(), new SecretValue("new"), new SecretVersion("1"), Guid.NewGuid()), Token);

        _fake.Secrets["a"].Current.ShouldBe(2);
    }

    [Fact]
    public async Task Standby_RedirectsElsewhere_IsRefusedAndNoTokenSent()
    {
        await StartAsync();
        await using var standby = await StandbyAsync(_fake.Address);

        var failure = await Should.ThrowAsync<SecretStoreException>(
            () => ReadsAsync(Connect(options => options with { Address = standby.Address })));

        failure.Advice.ShouldContain("`peers`");
        _fake.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://vault.example:8200/v1/x", true)]
    [InlineData("https://VAULT.example:8200/v1/x", true)]
    [InlineData("https://peer.example:8200/v1/x", true)]
    [InlineData("https://peer.example/v1/x", false)]
    [InlineData("http://vault.example:8200/v1/x", false)]
    [InlineData("https://vault.example:8201/v1/x", false)]
    [InlineData("https://user@vault.example:8200/v1/x", false)]
    [InlineData("https://vault.example.evil:8200/v1/x", false)]
    public void Redirects_AreAllowed_ToConfiguredHostsOnly(string target, bool isAllowed)
    {
        var options = new VaultStoreOptions { Address = new Uri("https://vault.example:8200"), Peers = ["peer.example:8200"] };

        new VaultAddress("vault", options, _ => null).Allows(new Uri(target)).ShouldBe(isAllowed);
    }

    private int Logins => Count("/login");

    private int Renewals => Count("/renew-self");

    private int Count(string end) => _fake.Requests.Count(request => request.Path.EndsWith(end, StringComparison.Ordinal));

    private static SecretLocation At() => new() { Store = "vault", Name = "a" };

    private static async Task ReadsAsync(VaultStore store) =>
        (await store.ReadAsync(At(), null, Token)).ShouldNotBeNull().Value.Reveal().ShouldBe("value");

    private static async Task<VaultFake> StandbyAsync(Uri active)
    {
        var standby = new VaultFake
        {
            Instead = request => new FakeAnswer(307)
            {
                Headers =
                    new Dictionary<string, string> { ["Location"] = $"{active.AbsoluteUri.TrimEnd('/')}{request.Path}{request.Query}" },
            },
        };
        await standby.StartAsync(Token);
        return standby;
    }

    private async Task StartAsync(string? credentials = null)
    {
        _fake.Credentials = credentials;
        _fake.Add("a", "value");
        await _fake.StartAsync(Token);
    }

    private VaultStore ByAppRole() => Connect(options => options with
    {
        Token = null,
        Login = VaultLogin.AppRole,
        RoleId = "role",
        SecretId = new SecretValue("the-secret-id"),
    });

    private VaultStore Connect(Func<VaultStoreOptions, VaultStoreOptions> change) => Keep(VaultStores.Connect(_fake, _clock, change));

    private VaultStore Keep(VaultStore store)
    {
        _stores.Add(store);
        return store;
    }
}
