using System.Security.Cryptography.X509Certificates;
using KeyRotator.Configuration;
using KeyRotator.Secrets;
using KeyRotator.Tests.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>What <c>stores test</c> says of a store that is another one than was meant, or does not let anybody in: one failed step, which
/// says what to do.</summary>
public sealed class StoreTrialConnectionTests : IAsyncDisposable
{
    private readonly TrialStores _stores = new();

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Run_RegionThatDoesNotExist_IsDoubted()
    {
        var (store, _) = await _stores.AwsAsync("eu-centrl-1");

        var steps = await _stores.StepsAsync(store);

        steps[0].Message.ShouldStartWith("eu-centrl-1 (unknown to this version: is it spelt right?), 127.0.0.1:");
        steps.Single(step => !step.Passed).Message.ShouldBe(
            "AWS refuses the credentials or the signature: they are wrong, disabled, or not for this region.");
    }

    [Fact]
    public async Task Run_AwsCredentialsThatExpired_SaysHowToRenewThem()
    {
        var (store, fake) = await _stores.AwsAsync();
        Enumerable.Range(0, 9).ToList().ForEach(_ => fake.NextErrors.Enqueue("ExpiredTokenException"));

        (await _stores.FailureAsync(store)).ShouldBe(("list secrets",
            "the credentials have expired, and there are no newer ones: log in again (`aws sso login`), or renew them."));
    }

    [Theory]
    [InlineData(10, "this host's clock is 10 minutes fast: set it right.")]
    [InlineData(-10, "this host's clock is 10 minutes slow: set it right.")]
    public async Task Run_ClockThatIsOff_IsBlamedByTheAnswersDate(int minutes, string expected)
    {
        var (aws, awsFake) = await _stores.AwsAsync();
        var (gcp, gcpFake) = await _stores.GcpAsync();
        var (vault, vaultFake) = await _stores.VaultAsync(options => options with
        {
            Token = null,
            Login = VaultLogin.AppRole,
            RoleId = "r",
            SecretId = new SecretValue("s"),
        });
        Enumerable.Range(0, 9).ToList().ForEach(_ => awsFake.NextErrors.Enqueue("InvalidSignatureException"));
        gcpFake.Tokens.Clear();
        (awsFake.Clock, gcpFake.Clock, vaultFake.Clock) = (Theirs(minutes), Theirs(minutes), Theirs(minutes));

        (await _stores.FailureAsync(aws)).Message.ShouldBe(expected);
        (await _stores.FailureAsync(gcp)).Message.ShouldBe($"Google does not take the access token: {expected}");
        (await _stores.FailureAsync(vault)).Message.ShouldBe(
            "the approle login is refused (400): check the role, its credentials, `auth.mount` and `namespace`. Also " + expected);
    }

    [Fact]
    public async Task Run_WrongProject_SaysSo() => (await _stores.FailureAsync((await _stores.GcpAsync("keys-prd")).Store))
        .ShouldBe(("reach and list", "`project` names no project."));

    [Fact]
    public async Task Run_ProjectNumber_IsAsGoodAsItsId()
    {
        var (store, fake) = await _stores.GcpAsync(GcpFake.ProjectNumber);
        fake.AddForeign("llm", "sk-1");

        (await _stores.StepsAsync(store)).ShouldAllBe(step => step.Passed);
    }

    [Fact]
    public async Task Run_GcpTokenThatExpired_SaysHowToRenewIt()
    {
        var (store, fake) = await _stores.GcpAsync();
        fake.Tokens.Clear();

        (await _stores.FailureAsync(store)).Message.ShouldBe(
            "Google does not take the access token: it has expired or was revoked; log in again, or renew the credentials.");
    }

    [Fact]
    public async Task Run_SealedVault_SaysToUnsealIt()
    {
        var (store, fake) = await _stores.VaultAsync();
        fake.IsSealed = true;

        (await _stores.FailureAsync(store)).ShouldBe(("reach the server", "the server is sealed: unseal it"));
    }

    [Fact]
    public async Task Run_VaultTokenThatExpired_SaysHowToGetOne()
    {
        var (store, fake) = await _stores.VaultAsync();
        fake.Tokens.Clear();

        (await _stores.FailureAsync(store)).ShouldBe(("show the token",
            "the token is not accepted: it has expired or was revoked, or is of another server or `namespace`; get a new one "
            + "(`vault login`)."));
    }

    [Theory]
    [InlineData("other", "no engine is to be seen there: the mount does not exist, the token is no longer valid, or the policy allows "
        + "nothing below it; check `mount`, the name's first part and `namespace`. Missing: path \"other/data/*\" "
        + "{ capabilities = [\"read\"] }")]
    [InlineData("cubbyhole", "what is mounted there is no key-value engine: check `mount` and the name.")]
    public async Task Run_WrongMount_SaysWhatToCheck(string mount, string expected)
    {
        var (store, _) = await _stores.VaultAsync(options => options with { Mount = mount });

        var steps = await _stores.StepsAsync(store);

        steps.First(step => !step.Passed).ShouldSatisfyAllConditions(
            step => step.Name.ShouldBe("find the engine"),
            step => step.Message.ShouldBe(expected));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task Run_EngineOfAnotherVersion_SaysWhich(int actual, int configured)
    {
        var (store, fake) = await _stores.VaultAsync(options => options with { EngineVersion = configured });
        fake.EngineVersion = actual;

        (await _stores.FailureAsync(store)).ShouldBe(("find the engine",
            $"the engine has version {actual}, and `engineVersion: {configured}` is configured."));
    }

    [Theory]
    [InlineData(0, "the token or certificate is not accepted: it has expired, was revoked, or belongs to another cluster.")]
    [InlineData(10, "the token is not accepted, and the clocks differ by 10 min: set this machine's clock.")]
    public async Task Run_KubernetesTokenThatExpired_SaysSoAndLooksAtTheClock(int minutes, string expected)
    {
        var (store, fake) = await _stores.KubernetesAsync();
        fake.Tokens.Clear();
        fake.Clock = Theirs(minutes);

        (await _stores.StepsAsync(store)).First(step => !step.Passed).Message.ShouldBe(expected);
    }

    [Fact]
    public async Task Run_AuthorityThatIsNotKnown_SaysWhereToNameIt()
    {
        using var made = Certificates.SelfSigned();
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        await using var server = HostileServer.StartTls(certificate, connection => connection.AnswerEachAsync("HTTP/1.1 200 OK\r\n\r\n"));
        using var store = VaultStores.Of(new() { Address = server.Url, Token = new SecretValue("t"), Mount = "secret" }, _stores.Clock);

        var (name, message) = await _stores.FailureAsync(store);

        name.ShouldBe("reach the server");
        message.ShouldEndWith("is from no trusted authority. A private authority is named with `ca`.");
    }

    [Fact]
    public async Task Run_StoreThatAnswersAPage_SaysWhatMayStandBetween()
    {
        var (aws, awsFake) = await _stores.AwsAsync();
        var (gcp, gcpFake) = await _stores.GcpAsync();
        var (vault, vaultFake) = await _stores.VaultAsync();
        var (cluster, clusterFake) = await _stores.KubernetesAsync();
        foreach (var fake in new FakeStoreServer[] { awsFake, gcpFake, vaultFake, clusterFake })
        {
            Enumerable.Range(0, 20).ToList().ForEach(_ => fake.Inject(StoreFault.Page));
        }

        (await _stores.FailureAsync(aws)).Message.ShouldBe(
            "the answer is none of AWS Secrets Manager: is there a proxy or a sign-in page in between?");
        (await _stores.FailureAsync(gcp)).Message.ShouldBe(
            "the answer is not Secret Manager's, or arrived damaged: check `endpoint` and what stands between.");
        (await _stores.FailureAsync(vault)).Message.ShouldBe(
            "what came is no answer of Vault's: check `address`, and what stands between.");
        (await _stores.FailureAsync(cluster)).Message.ShouldBe(
            "the answer is not what an API server answers: does the address lead to one, and not to a login page or a proxy?");
    }

    [Fact]
    public async Task Run_ListingDenied_StillReadsWhatIsDeclared()
    {
        var (store, fake) = await _stores.AwsAsync();
        fake.Add("llm", "sk-1");
        fake.Denied.Add("ListSecrets");

        var steps = await _stores.StepsAsync(store);

        steps.Select(step => (step.Name, step.Passed)).TakeLast(2).ShouldBe([("list secrets", true), ("read remote:llm", true)]);
        steps[^2].Message.ShouldBe("missing, and not needed for what is declared: "
            + "the identity may not call ListSecrets here. Missing: secretsmanager:ListSecrets on *");
    }

    private DateTimeOffset Theirs(int minutesBehind) => _stores.Clock.GetUtcNow().AddMinutes(-minutesBehind);
}
