using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class SettingsWarningsTests
{
    private const string Alerts =
        "\nalerts: { channels: { ops: { kind: webhook, url: \"https://h\" }, audit: { kind: webhook, url: \"https://h\" } } }";

    [Fact]
    public void Load_NoChannel_Warns() =>
        Warnings("stores: {}").ShouldBe(["alerts: no channel is configured: findings stand in `status` and in exit codes only"]);

    [Fact]
    public void Load_UnusedStoreAndChannel_Warns() =>
        Warnings("""
            stores: { env: { kind: env }, spare: { kind: file, path: x, passphrase: p } }
            keys: { a: { provider: mistral, locations: [{ store: env, name: A }] } }
            alerts:
              channels: { ops: { kind: webhook, url: "https://h" }, audit: { kind: webhook, url: "https://h" }, on: { kind: webhook, url: "https://h" } }
              routes: [{ channels: [ops, on] }]
            """).ShouldBe(["stores.spare: no key uses this store", "alerts.channels.audit: no route uses this channel"]);

    [Theory]
    [InlineData("checkEvery: 1h", true)] // the key's own
    [InlineData("checkEvery: 6h", false)] // exactly the least
    [InlineData("owner: x", false)] // the built-in default is nobody's wish
    public void Load_CadenceBelowTheVendorsLeast_Warns(string member, bool warns) =>
        Warnings($"stores: {{ env: {{ kind: env }} }}\nkeys: {{ a: {{ provider: cohere, locations: [{{ store: env, name: A }}], {member} }} }}{Alerts}")
            .Any(warning => warning == "keys.a.checkEvery: cohere tolerates a probe of a key every 6h at most, and gets no more")
                .ShouldBe(warns);

    [Fact]
    public void Load_InstancesCadenceBelowTheVendorsLeast_Warns() =>
        Warnings($"providers: {{ cohere: {{ checkEvery: 5m }} }}{Alerts}").ShouldHaveSingleItem()
            .ShouldStartWith("providers.cohere.checkEvery: cohere tolerates");

    [Theory]
    [InlineData(30, 2, false)] // exactly what fits
    [InlineData(31, 2, true)] // one too many
    [InlineData(31, 3, false)] // room
    public void Load_MoreKeysThanTheCapAllows_NamesTheCadenceThatFits(int keys, int cap, bool warns)
    {
        var inventory = string.Concat(Enumerable.Range(0, keys).Select(number => $"\n  k{number}: {{ provider: mistral, locations: [{{ store: env, name: K{number} }}] }}"));

        var warnings = Warnings(
            $"stores: {{ env: {{ kind: env }} }}\nproviders: {{ mistral: {{ requestsPerMinute: {cap} }} }}\nkeys:{inventory}{Alerts}");

        warnings.Any(warning => warning == "providers.mistral.requestsPerMinute: 31 keys at their cadence need 3 a minute: checkEvery 16m fits").ShouldBe(warns);
    }

    private static IEnumerable<string> Warnings(string yaml)
    {
        var result = SettingsFolder.LoadText(yaml);
        result.Faults.ShouldBeEmpty();
        return result.Warnings.Select(warning => $"{warning.Path}: {warning.Message}");
    }
}
