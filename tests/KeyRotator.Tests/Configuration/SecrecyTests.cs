using KeyRotator.Configuration;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class SecrecyTests
{
    private readonly Canary _canary = new();

    /// <summary>Places of a secret, right and wrong. CANARY stands for it.</summary>
    public static TheoryData<string> Places { get; } =
    [
        "stores: { s: { kind: file, path: p, passphrase: CANARY } }", // as it should be
        "stores: { s: { kind: file, path: p, passphrase: [CANARY] } }", // in a list
        "stores: { s: { kind: file, path: p, passphrase: { CANARY: } } }", // as a member
        "stores: { s: { kind: file, path: p, passphrase: x,CANARY } }", // behind a comma
        "stores: { s: { kind: file, path: p, passphrase: &CANARY x } }", // as an anchor
        "stores: { s: { kind: file, path: p, passphrase: *CANARY } }", // as an alias
        "stores: { s: { kind: file, path: p, passphrase: !CANARY x } }", // as a tag
        "stores: { s: { kind: file, path: p, passphrase: \"CANARY } }", // unclosed
        "stores: { s: { kind: file, path: p, passphrase: CANARY: x } }", // with a colon
        "stores: { s: { kind: file, path: p, passphrase: CANARY, passphrase: CANARY } }", // twice
        "stores: { s: { kind: file, path: p, passphrase: CANARY, keyFile: k } }", // with its rival
        "database: postgres://user:CANARY@db.example/state", // a connection string
        "database: CANARY", // no connection string
        "providers: { mistral: { baseUrl: \"https://user:CANARY@h.example\" } }", // user info
        "providers: { mistral: { baseUrl: \"https://h.example/?key=CANARY\" } }", // a query
        "providers: { mistral: { headers: { x-team: CANARY } } }", // a header against the rule
        "providers: { mistral: { headers: { x-team: \"CANARY\\t\" } } }", // one that cannot be sent
        "alerts: { channels: { a: { kind: webhook, url: CANARY } } }", // no URL
        "alerts: { channels: { a: { kind: teams, url: \"https://a.webhook.office.com/CANARY\" } } }", // a retired one
        "alerts: { channels: { a: { kind: pagerduty, routingKey: CANARY } } }", // too short
        "alerts: { channels: { a: { kind: opsgenie, apiKey: CANARY } } }", // as it should be
        "alerts: { channels: { a: { kind: webhook, url: \"http://h.example/CANARY\" } } }", // plain http
        "alerts: { channels: { a: { kind: webhook, url: \"https://h.example/CANARY?x=CANARY\" } } }", // as it should be
        "alerts: { channels: { a: { kind: webhook, url: \"https://h.example/\", secret: CANARY } } }", // no signing secret
        "alerts: { channels: { a: { kind: webhook, url: \"https://h.example/\", previousSecret: whsec_CANARYCANARY } } }", // nor this
    ];

    /// <summary>Places where an interpolated value is wrong. CANARY stands for the interpolation.</summary>
    public static TheoryData<string> Interpolated { get; } =
    [
        "defaults: { checkEvery: \"CANARY\", purge: \"CANARY\", approvals: \"CANARY\", warnBefore: [\"CANARY\"], severity: { KeyRejected: \"CANARY\" } }",
        "stores: { s: { kind: \"CANARY\" } }",
        "providers: { mistral: { baseUrl: \"CANARY\", control: \"CANARY\", requestsPerMinute: \"CANARY\", kind: \"CANARY\" } }",
        "keys: { k: { provider: \"CANARY\", expires: \"CANARY\", locations: [{ store: \"CANARY\", name: x }], previous: { store: \"CANARY\", name: x } } }",
        "alerts: { routes: [{ match: { provider: \"CANARY\", reason: \"CANARY\", severity: \"CANARY\" }, channels: [\"CANARY\"] }] }",
    ];

    [Theory]
    [MemberData(nameof(Places))]
    public void Load_Secret_StandsInNoMessageAndNoView(string yaml) =>
        AssertSilent(SettingsFolder.LoadText(yaml.Replace("CANARY", _canary.Text)));

    [Theory]
    [MemberData(nameof(Places))]
    [MemberData(nameof(Interpolated))]
    public void Load_InterpolatedSecret_StandsInNoMessageAndNoView(string yaml) =>
        AssertSilent(SettingsFolder.LoadText(yaml.Replace("CANARY", "${SECRET}"), ("SECRET", _canary.Text)));

    [Theory]
    [MemberData(nameof(Interpolated))]
    public void Load_WrongInterpolatedValue_IsAFault(string yaml) =>
        SettingsFolder.LoadText(yaml.Replace("CANARY", "${SECRET}"), ("SECRET", _canary.Text)).Faults.ShouldNotBeEmpty();

    [Fact]
    public void Load_MountedSecret_StandsInNoMessageAndNoView()
    {
        using var folder = new SettingsFolder();
        folder.Write("mounted", _canary.Text);

        AssertSilent(folder.Load(folder.Write("k.yaml", "stores: { s: { kind: file, path: p, passphrase: \"${file:mounted}\" } }\nkeys: { \"${file:mounted}\": {} }")));
    }

    private void AssertSilent(LoadResult result)
    {
        _canary.ShouldBeAbsentFrom(string.Join('\n', result.Faults.Concat(result.Warnings)));
        _canary.ShouldBeAbsentFrom(result.Settings is { } settings ? SettingsView.Write(settings) + settings : "");
        _canary.ShouldBeAbsentFrom(result.ToString());
    }
}
