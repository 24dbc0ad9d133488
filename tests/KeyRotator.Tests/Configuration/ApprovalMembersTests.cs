using System.Security.Cryptography;
using System.Text;
using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

/// <summary><c>environments</c>, <c>operators</c>, <c>approvals</c> and <c>holding</c>: what they mean, and what is refused.</summary>
public sealed class ApprovalMembersTests
{
    private const string Canary = "canary-token-0123456789abcdef0123456789abcdef";
    private const string Hash = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Stores =
        "stores: { env: { kind: env }, local: { kind: file, path: a, passphrase: p }, spare: { kind: file, path: b, passphrase: p } }\n";

    [Fact]
    public void Load_Environment_StandsBetweenDefaultsAndKey()
    {
        var settings = SettingsFolder.LoadText($$"""
            {{Stores}}defaults: { grace: 2h, checkEvery: 1h }
            environments: { prod: { grace: 3h, approvals: 1 } }
            keys:
              a: { provider: mistral, environment: prod, locations: [{ store: local, name: A }], holding: { store: spare, name: A } }
              b: { provider: mistral, environment: prod, locations: [{ store: local, name: B }], grace: 4h, approvals: 0 }
              c: { provider: mistral, environment: test, locations: [{ store: local, name: C }] }
            """).Settings.ShouldNotBeNull();

        settings.Keys.Select(key => (key.Policy.Grace.TotalHours, key.Policy.CheckEvery.TotalHours, key.Policy.Approvals))
            .ShouldBe([(3, 1, 1), (4, 1, 0), (2, 1, 0)]);
        settings.PolicyOf("prod").ShouldBeSameAs(settings.Keys[0].Policy, "one policy is shared by all keys that say nothing");
        settings.PolicyOf(null).ShouldBe(settings.Defaults);
    }

    [Fact]
    public void Show_Environment_ComesBackTheSame()
    {
        var yaml = $$"""
            {{Stores}}environments: { prod: { approvals: 1, grace: 3h } }
            operators: { ana: { tokenHash: "{{Hash}}" } }
            keys:
              a: { provider: mistral, environment: prod, locations: [{ store: local, name: A }], holding: { store: spare, name: A } }
              b: { provider: mistral, environment: prod, locations: [{ store: local, name: B }], approvals: 0 }
            """;
        var shown = SettingsView.Write(SettingsFolder.LoadText(yaml).Settings.ShouldNotBeNull());

        shown.ShouldNotContain(Hash[7..]);
        var again = SettingsFolder.LoadText(shown.Replace("[redacted]", Hash, StringComparison.Ordinal)
            .Replace($"passphrase: '{Hash}'", "passphrase: p", StringComparison.Ordinal)).Settings.ShouldNotBeNull();
        again.Keys.Select(key => (key.Policy.Approvals, key.Policy.Grace.TotalHours)).ShouldBe([(1, 3), (0, 3)]);
        shown.Split('\n').Count(line => line.Contains("grace: 3h")).ShouldBe(1, "a key shows only what it says itself");
    }

    [Fact]
    public void Load_Faults_AreToldAllAtOnce()
    {
        var faults = SettingsFolder.LoadText($$"""
            {{Stores}}environments: { prod: { approvals: 2 }, test: { approvals: 1, grace: 30d } }
            operators:
              ana: { token: "{{Canary}}" }
              ben: { tokenHash: "md5:abc" }
              cleo: { tokenHash: "{{Hash}}", token: "${TOKEN}" }
              dora: {}
            keys:
              a: { provider: mistral, environment: test, locations: [{ store: local, name: A }] }
              b: { provider: mistral, locations: [{ store: local, name: B }], approvals: 1 }
              c: { provider: mistral, locations: [{ store: local, name: C }], holding: { store: env, name: X } }
              d: { provider: mistral, locations: [{ store: local, name: D }], holding: { store: local, name: D } }
              e: { provider: mistral, locations: [{ store: local, name: E, field: x }], holding: { store: local, name: E, field: y } }
              f: { provider: mistral, locations: [{ store: local, name: F }], holding: { store: spare, name: X } }
              g: { provider: mistral, locations: [{ store: local, name: G }], holding: { store: spare, name: X } }
              h: { provider: mistral, locations: [{ store: local, name: H }], previous: { store: spare, name: H }, holding: { store: spare, name: H } }
            """).Faults;

        faults.Select(fault => fault.Path).Distinct().ShouldBe(
            [
                "environments.prod.approvals", "environments.test.grace", "operators.ana.token", "operators.ben.tokenHash",
                "operators.cleo", "operators.cleo.token", "operators.dora", "keys.a", "keys.b.approvals", "keys.c.holding.store",
                "keys.d.holding", "keys.e.holding", "keys.g.holding", "keys.h.holding",
            ],
            ignoreOrder: true);
        string.Join('\n', faults).ShouldNotContain(Canary);
        string.Join('\n', faults).ShouldNotContain(Hash);
        faults.Single(fault => fault.Path == "keys.g.holding").Message.ShouldContain("the new value of f waits in this secret");
        faults.Single(fault => fault.Path == "keys.h.holding").Message.ShouldContain("h is kept in this secret");
    }

    [Fact]
    public void Load_TwoOperatorsWithOneToken_AreRefused()
    {
        var fault = SettingsFolder.LoadText($$"""operators: { ana: { tokenHash: "{{Hash}}" }, ben: { tokenHash: "{{Hash}}" } }""")
            .Faults.ShouldHaveSingleItem();

        (fault.Path, fault.Message).ShouldBe(("operators.ben", "`ana` has this token: each operator needs one of their own"));
    }

    [Fact]
    public void Load_TokenFromTheEnvironment_IsKeptAsItsHashAlone()
    {
        const string Yaml = "operators: { ana: { token: \"${TOKEN}\" }, ben: { token: \"${OTHER}\" } }";

        var settings = SettingsFolder.Good(Yaml, ("TOKEN", Canary), ("OTHER", Canary + "2"));
        var faults = SettingsFolder.LoadText(Yaml, ("TOKEN", Canary), ("OTHER", "short-token")).Faults;

        settings.Operators["ana"].TokenHash.ToArray().ShouldBe(SHA256.HashData(Encoding.UTF8.GetBytes(Canary)));

        faults.ShouldHaveSingleItem().Path.ShouldBe("operators.ben.token");
        faults[0].Message.ShouldContain("at least 32 printable characters");
        faults[0].Message.ShouldNotContain("short-token");
    }

    [Fact]
    public void Load_EnvironmentNobodyServes_IsWarnedAbout() =>
        SettingsFolder.LoadText("environments: { prd: { approvals: 1 } }").Warnings
            .ShouldContain(warning => warning.Path == "environments.prd" && warning.Message == "no key serves this environment");
}
