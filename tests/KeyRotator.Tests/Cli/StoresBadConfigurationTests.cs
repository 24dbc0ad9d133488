using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>Stores that configuration refuses: exit code 2, one line with place, value and what would be right.</summary>
public sealed class StoresBadConfigurationTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Theory]
    [InlineData("""{ kind: aws, endpoint: "http://169.254.169.254" }""", "endpoint", LinkLocal)]
    [InlineData("""{ kind: gcp, project: p, endpoint: "https://169.254.169.254/x" }""", "endpoint", LinkLocal)]
    [InlineData("""{ kind: vault, address: "https://[fe80::1]:8200" }""", "address", LinkLocal)]
    [InlineData("""{ kind: kubernetes, endpoint: "https://[::ffff:169.254.1.2]" }""", "endpoint", LinkLocal)]
    [InlineData("""{ kind: azure, vault: "https://169.254.169.254" }""", "vault", LinkLocal)]
    [InlineData("""{ kind: azure, vault: "http://acme.vault.azure.net" }""", "vault", Plain)]
    [InlineData("""{ kind: azure, vault: "https://user:canary@acme.vault.azure.net" }""", "vault",
        "the value (not shown) is not the name of a key vault, 3 to 24 letters, digits and hyphens, or its address, such as "
        + "`https://acme-prod.vault.azure.net`")]
    [InlineData("""{ kind: vault, address: "https://user:canary@vault.example" }""", "address", UserInfo)]
    [InlineData("""{ kind: aws, endpoint: "https://canary@aws.example" }""", "endpoint", UserInfo)]
    [InlineData("""{ kind: gcp, project: p, endpoint: "https://gcp.example?key=canary" }""", "endpoint", UserInfo)]
    [InlineData("""{ kind: vault, address: "http://vault.example:8200" }""", "address", Plain)]
    [InlineData("""{ kind: vault, address: vault.example }""", "address",
        "`vault.example` is not an absolute http(s) URL without user info, query and fragment, such as `https://llm.example/v1`")]
    [InlineData("""{ kind: vault, engineVersion: 3 }""", "engineVersion", "`3` is not a whole number from 1 to 2")]
    [InlineData("""{ kind: gcp }""", "", "`project` is missing")]
    public async Task Test_BadStore_IsOneFaultWithItsPlace(string store, string member, string expected)
    {
        _shell.Write("keyrotator.yaml", $"stores:\n  s: {store}\n");

        (await _shell.RunAsync("stores", "test")).ShouldBe(2);

        var line = _shell.Error.TrimEnd('\n').Split('\n').Where(text => text.Contains(": stores.s")).ShouldHaveSingleItem();
        line.ShouldStartWith("keyrotator.yaml:2:");
        line.ShouldContain(member.Length == 0 ? ": stores.s: " : $": stores.s.{member}: ");
        line.ShouldContain(expected);
        _shell.Error.ShouldNotContain("canary");
    }

    [Fact]
    public async Task Test_TwoStoresOfOneName_NamesBothPlaces()
    {
        _shell.Write("keyrotator.yaml", "stores:\n  s: { kind: env }\n  s: { kind: aws, region: eu-central-1 }\n");

        (await _shell.RunAsync("stores", "test")).ShouldBe(2);

        _shell.Error.ShouldContain("keyrotator.yaml:3:3: stores.s: `s` stands here a second time; the first is at ");
    }

    private const string LinkLocal = "is a link-local address, as the cloud's metadata service has: give the store's own";

    private const string UserInfo =
        "the value (not shown) is not an absolute http(s) URL without user info, query and fragment, such as `https://llm.example/v1`";

    private const string Plain =
        "plain http would send a secret in clear text: use https, or set `allowInsecure: true` beside it";
}
