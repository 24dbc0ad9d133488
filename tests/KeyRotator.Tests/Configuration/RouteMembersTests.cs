using KeyRotator.Alerts;
using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class RouteMembersTests
{
    private const string Channels = "channels: { ops: { kind: webhook, url: \"https://h\" }, audit: { kind: webhook, url: \"https://h\" } }";

    [Fact]
    public void Load_Lists_AreAnyOfThem()
    {
        var route = Route("""
            environment: [prod, "eu-*"], provider: [mistral, openai], owner: [search, ads], reason: [KeyRejected, KeyExpired],
            severity: [warning, critical], store: [env, vault], labels: { team: [a, b], tier: 1 }
            """);

        route.Environments.ShouldBe(["prod", "eu-*"]);
        route.Providers.ShouldBe(["mistral", "openai"]);
        route.Owners.ShouldBe(["search", "ads"]);
        route.Reasons.ShouldBe([FindingReason.KeyRejected, FindingReason.KeyExpired]);
        route.Severities.ShouldBe([Severity.Warning, Severity.Critical]);
        route.Stores.ShouldBe(["env", "vault"]);
        route.Labels["team"].ShouldBe(["a", "b"]);
        route.Labels["tier"].ShouldBe(["1"]);
    }

    [Fact]
    public void Load_SingleValues_AreListsOfOne()
    {
        var route = Route("environment: prod, reason: KeyRejected, severity: info");

        (route.Environments.Single(), route.Reasons.Single(), route.Severities.Single())
            .ShouldBe(("prod", FindingReason.KeyRejected, Severity.Info));
        (route.Providers.Count, route.Owners.Count, route.Stores.Count, route.Labels.Count, route.Continue).ShouldBe((0, 0, 0, 0, false));
    }

    [Fact]
    public void Load_Continue_IsKept() =>
        Good("[{ channels: [audit], continue: true }, { channels: [ops] }]").Select(route => route.Continue).ShouldBe([true, false]);

    private static AlertRoute Route(string match) => Good($"[{{ match: {{ {match.ReplaceLineEndings(" ")} }}, channels: [ops, audit] }}]").Single();

    private static IReadOnlyList<AlertRoute> Good(string routes) =>
        SettingsFolder.Good($"stores: {{ env: {{ kind: env }}, vault: {{ kind: env }} }}\nalerts:\n  {Channels}\n  routes: {routes}").Routes;
}
