using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class SettingsViewTests
{
    [Fact]
    public void Write_FullExample_RedactsSecretsAlone()
    {
        var view = SettingsView.Write(SettingsFolder.Good(Examples.Full, Examples.Environment));

        view.ShouldContain("passphrase: '[redacted]'");
        view.ShouldContain("url: '[redacted]'");
        view.ShouldContain("secret: '[redacted]'");
        view.ShouldContain("x-team: '[redacted]'");
        view.ShouldContain("checkEvery: 30m");
        Examples.Environment.ShouldAllBe(variable => !view.Contains(variable.Value));
    }

    [Fact]
    public void Write_Heartbeat_RedactsItsAddressAndReadsBack()
    {
        var settings = SettingsFolder.Good(
            "alerts: { channels: { a: { kind: webhook, url: \"https://h\", allowAddresses: [10.0.0.0/8, \"fd00::/8\"] } }, "
            + "heartbeat: { url: \"https://watch.example/canary\", every: 10m, allowAddresses: [192.168.0.0/16] } }");

        var view = SettingsView.Write(settings);

        view.ShouldNotContain("canary");
        view.ShouldContain("every: 10m");
        SettingsView.Write(SettingsFolder.Good(Refilled(view))).ShouldBe(view);
        settings.Heartbeat!.Url.Reveal().ShouldBe("https://watch.example/canary");
        settings.Heartbeat.Every.ShouldBe(TimeSpan.FromMinutes(10));
        settings.Channels["a"].AllowAddresses.Count.ShouldBe(2);
    }

    [Fact]
    public void Describe_Vault_RedactsItsSecrets()
    {
        var options = new VaultStoreOptions { Mount = "secret", EngineVersion = 2, Token = new("canary"), SecretId = new("canary"), Peers = ["b:8200"] };
        var store = new StoreSettings { Name = "vault", Kind = "vault", Options = options };

        var view = SettingsView.Write(
            new Settings { Database = new(), Stores = new Dictionary<string, StoreSettings> { ["vault"] = store } });

        view.ShouldContain("token: '[redacted]'");
        view.ShouldContain("secretId: '[redacted]'");
        view.ShouldContain("engineVersion: 2");
        view.ShouldContain("b:8200");
        view.ShouldNotContain("canary");
    }

    [Fact]
    public void Write_FullExample_ReadsBackAsTheSame()
    {
        var view = SettingsView.Write(SettingsFolder.Good(Examples.Full, Examples.Environment));

        var again = SettingsFolder.Good(Refilled(view));

        SettingsView.Write(again).ShouldBe(view);
    }

    [Theory]
    [InlineData("\"5\"")] // looks like a number
    [InlineData("\"true\"")] // a boolean
    [InlineData("\"~\"")] // nothing
    [InlineData("\"$${A}\"")] // an interpolation
    [InlineData("\"a: b # c\"")] // YAML of its own
    [InlineData("\"- x\"")] // a list
    [InlineData("\"* [x], {y} & !z 'q'\"")] // every indicator
    [InlineData("\" padded \"")] // spaces
    [InlineData("Zürich")] // beyond ASCII
    public void Write_AwkwardText_ReadsBackAsTheSame(string owner)
    {
        var settings = SettingsFolder.Good($"stores: {{ env: {{ kind: env }} }}\nkeys: {{ k: {{ provider: mistral, owner: {owner}, locations: [{{ store: env, name: K }}] }} }}");

        SettingsFolder.Good(SettingsView.Write(settings)).Keys[0].Owner.ShouldBe(settings.Keys[0].Owner);
    }

    [Fact]
    public void Write_UnusedReadyInstances_AreLeftOut()
    {
        var view = SettingsView.Write(SettingsFolder.Good(Examples.Small));

        view.ShouldContain("mistral:");
        view.ShouldNotContain("openai:");
    }

    private static string Refilled(string view) => string.Join('\n', view.Split('\n').Select(line => line.Trim() switch
    {
        "url: '[redacted]'" => line.Replace("'[redacted]'", "https://h"),
        "secret: '[redacted]'" => line.Replace("'[redacted]'", "whsec_" + Convert.ToBase64String(new byte[32])),
        _ => line,
    }));
}
