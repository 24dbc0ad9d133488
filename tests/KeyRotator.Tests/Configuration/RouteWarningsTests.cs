using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

/// <summary>Critical findings that nobody would hear of, and routes that nothing matches now.</summary>
public sealed class RouteWarningsTests
{
    private const string Advice = "end `routes` with `{ channels: [ops] }`, which asks for nothing";

    private const string Others = "alerts.routes: nobody would hear of ";

    [Theory]
    [InlineData("[{ match: { environment: [dev, prod] }, channels: [ops] }]", false)] // every key is heard
    [InlineData("[{ match: { environment: PROD }, channels: [ops] }, { match: { provider: openai }, channels: [ops] }]", false)] // two routes together
    [InlineData("[{ match: { labels: { tier: \"*\" } }, channels: [ops] }, { match: { store: env, severity: [critical, info] }, channels: [ops] }]", false)] // by place
    [InlineData("[{ match: { environment: prod }, channels: [ops] }]", true)] // another environment is heard only
    [InlineData("[{ match: { severity: warning }, channels: [ops] }]", true)] // another severity
    [InlineData("[{ match: { labels: { tier: 1 } }, channels: [ops] }]", true)] // a label that one has
    [InlineData("[{ match: { owner: [\"team-*\"] }, channels: [ops] }]", true)] // an owner that one has
    public void Load_CriticalFindingsOfKeys_AreHeardOrWarnedAbout(string routes, bool warns) =>
        Warnings(routes).Any(warning => warning.Contains("anything critical about ")).ShouldBe(warns);

    [Fact]
    public void Load_NobodyHearsOfSomeKeys_NamesTheFirstAndWhatToAdd() =>
        Warnings("[{ match: { environment: prod }, channels: [ops, audit] }]")
            .ShouldContain($"alerts.routes: nobody would hear of anything critical about 2 keys, such as `b`: {Advice}");

    [Fact]
    public void Load_NobodyHearsOfSomeReasons_NamesTheFirstOfThem()
    {
        var heard = string.Join(", ", PolicyMembers.Reasons.Except(["KeyExpired", "SecretMissing"]));

        Warnings($"[{{ match: {{ reason: [{heard}] }}, channels: [ops, audit] }}]")
            .ShouldBe([$"alerts.routes: nobody would hear of KeyExpired, SecretMissing about 3 keys, such as `a`: {Advice}"]);
    }

    [Fact]
    public void Load_ReasonThatOneKeyMadeCritical_CountsForThatKey()
    {
        var heard = string.Join(", ", PolicyMembers.Reasons.Except(["KeyRestricted"]));

        Warnings($"[{{ match: {{ reason: [{heard}] }}, channels: [ops, audit] }}]", "severity: { KeyRestricted: critical }")
            .ShouldBe([$"alerts.routes: nobody would hear of KeyRestricted about 1 key, `a`: {Advice}"]);
    }

    [Fact]
    public void Load_ReasonThatOneKeyMadeHarmless_CountsForTheOthers()
    {
        var heard = string.Join(", ", PolicyMembers.Reasons.Except(["KeyExpired"]));

        Warnings($"[{{ match: {{ reason: [{heard}] }}, channels: [ops, audit] }}]", "severity: { KeyExpired: info }")
            .ShouldBe([$"alerts.routes: nobody would hear of KeyExpired about 2 keys, such as `b`: {Advice}"]);
    }

    [Fact]
    public void Load_OnlyKeysAreRouted_WhatHasNoEnvironmentOrOwnerIsNamed() =>
        Warnings("[{ match: { environment: [\"*\"] }, channels: [ops, audit] }]").ShouldBe(
        [
            Others + "AuditBroken; RotationStalled of a key that the file names no more; ProviderOutage of mistral, openai; "
                + $"AlertDeliveryFailing of ops, audit: they have no environment, owner or labels; {Advice}",
        ]);

    [Fact]
    public void Load_ProvidersAreRoutedToo_TheRestIsNamed() =>
        Warnings("[{ match: { environment: \"*\" }, channels: [ops, audit] }, { match: { provider: [mistral, openai] }, channels: [ops, audit] }, { match: { reason: AlertDeliveryFailing }, channels: [ops, audit] }]")
            .ShouldHaveSingleItem().ShouldStartWith(Others + "AuditBroken; RotationStalled of a key that the file names no more: ");

    [Theory]
    [InlineData("[{ channels: [ops] }]", "nobody would hear that alerts do not reach `ops`: add a second channel or a heartbeat")]
    [InlineData("[{ channels: [ops], continue: true }, { channels: [audit] }]", null)] // each hears of the other
    [InlineData("[{ channels: [ops] }, { channels: [audit] }]", null)] // the next route hears of the first
    [InlineData("[{ match: { environment: prod }, channels: [audit] }, { channels: [ops] }]", "nobody would hear that alerts do not reach `ops`: add a second channel or a heartbeat")]
    public void Load_ChannelThatAloneWouldHearOfItself_WarnsOnce(string routes, string? warning) =>
        Warnings(routes).SingleOrDefault(each => each.Contains("do not reach")).ShouldBe(warning is null ? null : $"alerts.channels.ops: {warning}");

    [Fact]
    public void Run_SomethingElsewhereWatches_OneChannelIsEnough()
    {
        var result = SettingsFolder.LoadText(Yaml("[{ channels: [ops] }]"));
        var (draft, faults) = (new SettingsDraft(), new KeyRotator.Configuration.Shapes.FaultList([]));

        new RouteWarnings(draft, result.Settings! with { Heartbeat = new HeartbeatSettings { Url = new SecretValue("https://watch.example/x") } }, faults).Run();

        faults.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("environment: [prod, prdo]", "match.environment: no key has the environment `prdo`: did you mean `prod`?")]
    [InlineData("environment: \"eu-*\"", "match.environment: no key has the environment `eu-*`")]
    [InlineData("owner: nobody-in-particular", "match.owner: no key has the owner `nobody-in-particular`")]
    [InlineData("labels: { tier: 3 }", "match.labels.tier: no key has the label `tier` with the value `3`")]
    [InlineData("labels: { colour: red }", "match.labels.colour: no key has the label `colour` with the value `red`")]
    [InlineData("environment: dev, owner: team-search", "match: no key has all of this, so nothing matches now")]
    [InlineData("environment: PROD, owner: \"TEAM-*\", labels: { TIER: 1 }", null)]
    [InlineData("provider: cohere", null)] // a key of it may come any day
    public void Load_RouteThatNothingMatchesNow_IsWarnedAbout(string match, string? warning) =>
        Warnings($"[{{ match: {{ {match} }}, channels: [ops] }}, {{ channels: [ops, audit] }}]")
            .ShouldBe(warning is null ? [] : [$"alerts.routes[0].{warning}"]);

    [Fact]
    public void Load_OwnerOfNoKey_IsWarnedAbout() =>
        Warnings("[{ channels: [ops, audit] }]\n  owners: { team-serach: ops, TEAM-SEARCH: ops }")
            .ShouldBe(["alerts.owners.team-serach: no key has the owner `team-serach`: did you mean `team-search`?"]);

    [Fact]
    public void Of_AHundredThousandKeys_AreAsFewAsRoutesTellApart()
    {
        var keys = Enumerable.Range(0, 100_000).Select(number => A.Key($"k{number}") with
        {
            Owner = $"owner-{number}",
            Environment = number % 2 == 0 ? "prod" : $"env-{number}",
            Labels = new Dictionary<string, string> { ["team"] = $"team-{number}", ["id"] = $"{number}" },
            Policy = KeyPolicy.Default with { SeverityOverrides = new Dictionary<FindingReason, Severity> { [FindingReason.KeyShared] = Severity.Info } },
        }).ToList();

        var subjects = new RouteSubjects(
        [
            new() { Environments = ["prod"], Channels = ["a"] },
            new() { Owners = ["owner-1*"], Channels = ["a"] },
            new() { Labels = new Dictionary<string, IReadOnlyList<string>> { ["TEAM"] = ["team-7"] }, Channels = ["a"] },
        ]).Of(keys);

        subjects.Sum(subject => subject.Keys).ShouldBe(100_000);
        subjects.Count.ShouldBe(5); // prod or not, owner-1… or not, and k7
    }

    private static List<string> Warnings(string routes, string member = "suspended: false")
    {
        var result = SettingsFolder.LoadText(Yaml(routes, member));
        result.Faults.ShouldBeEmpty();
        return [.. result.Warnings.Where(warning => !warning.Message.Contains("no route uses")).Select(warning => $"{warning.Path}: {warning.Message}")];
    }

    private static string Yaml(string routes, string member = "suspended: false") => $$"""
        stores: { env: { kind: env } }
        keys:
          a: { provider: mistral, environment: prod, owner: team-search, labels: { tier: 1 }, {{member}}, locations: [{ store: env, name: A }] }
          b: { provider: openai, environment: dev, owner: ads, locations: [{ store: env, name: B }] }
          c: { provider: openai, environment: dev, owner: ads, locations: [{ store: env, name: C }] }
        alerts:
          channels: { ops: { kind: webhook, url: "https://h" }, audit: { kind: webhook, url: "https://h" } }
          routes: {{routes}}
        """;
}
