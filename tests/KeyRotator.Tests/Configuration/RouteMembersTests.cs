using System.Globalization;
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
        var route = Route("environment: prod, reason: KeyExpiring, severity: warning");

        (route.Environments.Single(), route.Reasons.Single(), route.Severities.Single())
            .ShouldBe(("prod", FindingReason.KeyExpiring, Severity.Warning));
        (route.Providers.Count, route.Owners.Count, route.Stores.Count, route.Labels.Count, route.Continue).ShouldBe((0, 0, 0, 0, false));
    }

    [Fact]
    public void Load_Continue_IsKept() =>
        Good("[{ channels: [audit], continue: true }, { channels: [ops] }]").Select(route => route.Continue).ShouldBe([true, false]);

    [Fact]
    public void Load_NoRoutes_TellEverybodyOfEverything() => Load("").Single().ShouldSatisfyAllConditions(
        route => route.Channels.ShouldBe(["ops", "audit"]),
        route => route.GroupBy.ShouldBe([GroupPart.Provider, GroupPart.Reason]),
        route => (route.GroupWait, route.GroupInterval, route.Digest, route.Continue)
            .ShouldBe((TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), QuietDigest.None, false)));

    [Fact]
    public void Load_Owners_AreLeadingRoutesThatContinue()
    {
        var routes = Load("owners: { team-search: [ops, audit], Team-X: ops }\n  routes: [{ channels: [audit] }]");

        routes.Select(route => (string.Join(',', route.Owners), string.Join(',', route.Channels), route.Continue))
            .ShouldBe([("team-search", "ops,audit", true), ("Team-X", "ops", true), ("", "audit", false)]);
        routes[0].Severities.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{ a: ops }", "audit")] // the owner's channel is the owner's
    [InlineData("{ a: ops, b: audit }", "ops,audit")] // somebody must hear of what has no owner
    public void Load_OwnersWithoutRoutes_LeaveTheRestToTheOtherChannels(string owners, string channels) =>
        string.Join(',', Load($"owners: {owners}")[^1].Channels).ShouldBe(channels);

    [Fact]
    public void Load_Grouping_IsTheRoutesOwnOrThatOfAll()
    {
        var routes = Load("""
            groupBy: [owner, environment, owner]
              groupWait: 0s
              groupInterval: 10s
              owners: { a: ops }
              routes:
                - { channels: [ops], groupBy: [], groupInterval: 24h }
                - { channels: [audit], groupBy: [reason], groupWait: 10m }
            """);

        routes.Select(route => (string.Join(',', route.GroupBy), route.GroupWait.TotalSeconds, route.GroupInterval.TotalSeconds))
            .ShouldBe([("Owner,Environment", 0, 10), ("", 0, 86400), ("Reason", 600, 10)]);
    }

    [Theory]
    [InlineData("digest: daily", QuietDigest.Daily, "08:00")]
    [InlineData("digest: weekly, digestAt: \"23:59\"", QuietDigest.Weekly, "23:59")]
    [InlineData("digest: weekly, digestAt: 00:00", QuietDigest.Weekly, "00:00")]
    [InlineData("continue: true", QuietDigest.None, "08:00")]
    public void Load_Digest_HasItsTime(string members, QuietDigest digest, string at)
    {
        var route = Good($"[{{ channels: [ops, audit], {members} }}]").Single();

        (route.Digest, route.DigestAt).ShouldBe((digest, TimeOnly.Parse(at, CultureInfo.InvariantCulture)));
    }

    private static AlertRoute Route(string match) => Good($"[{{ match: {{ {match.ReplaceLineEndings(" ")} }}, channels: [ops, audit] }}]").Single();

    private static IReadOnlyList<AlertRoute> Good(string routes) => Load($"routes: {routes}");

    private static IReadOnlyList<AlertRoute> Load(string members) =>
        SettingsFolder.Good($"stores: {{ env: {{ kind: env }}, vault: {{ kind: env }} }}\nalerts:\n  {Channels}\n  {members}").Routes;
}
