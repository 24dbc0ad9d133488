using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Tests.Configuration;
using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>What holds of routing for any routes and any finding.</summary>
public sealed class AlertRouterProperties
{
    private static readonly string?[] s_names = [null, "prod", "PROD", "dev", "eu-west", "eu"];

    private static readonly Gen<IReadOnlyList<string>> s_patterns =
        Gen.Elements("prod", "Dev", "eu-*", "eu*", "*", "eu").ListOf().Select(texts => (IReadOnlyList<string>)[.. texts.Take(2)]);

    private static readonly Gen<IReadOnlyList<string>> s_channels =
        Gen.Elements("a", "b", "c", "d").NonEmptyListOf().Select(names => (IReadOnlyList<string>)[.. names.Take(3)]);

    private static readonly Gen<FindingReason> s_reason = Gen.Elements(
        FindingReason.KeyRejected, FindingReason.KeyExpiring, FindingReason.ExpiryUnknown, FindingReason.ProviderOutage,
        FindingReason.StoreUnavailable, FindingReason.AlertDeliveryFailing, FindingReason.AuditBroken);

    private static readonly Gen<AlertRoute> s_route =
        from environments in s_patterns
        from owners in s_patterns
        from tiers in s_patterns
        from reasons in Gen.Frequency((3, Gen.Constant(new List<FindingReason>())), (1, s_reason.ListOf().Select(all => all.Take(3).ToList())))
        from severities in Gen.Elements(Severity.Info, Severity.Warning, Severity.Critical).ListOf()
        from channels in s_channels
        from goesOn in Gen.Elements(true, false)
        from asked in Gen.Choose(0, 7)
        select new AlertRoute
        {
            Environments = (asked & 1) > 0 ? environments : [],
            Owners = (asked & 2) > 0 ? owners : [],
            Labels = (asked & 4) > 0 && tiers.Count > 0 ? new Dictionary<string, IReadOnlyList<string>> { ["Tier"] = tiers } : [],
            Reasons = reasons,
            Severities = [.. severities.Distinct()],
            Channels = channels,
            Continue = goesOn,
        };

    // What the ledger can open: a key's finding with all that keys have, another's with what that has.
    private static readonly Gen<AlertFinding> s_finding =
        from reason in s_reason
        from severity in Gen.Elements(FindingRange.Severities(reason).ToArray())
        from environment in Gen.Elements(s_names)
        from owner in Gen.Elements(s_names)
        from tier in Gen.Elements(s_names)
        from channel in Gen.Elements("a", "b", "c", "d")
        let kind = FindingRange.Subject(reason)
        select AnAlert.Finding(kind is SubjectKind.Channel ? channel : "x", reason, severity) with
        {
            SubjectKind = kind,
            Environment = kind is SubjectKind.Key ? environment : null,
            Owner = kind is SubjectKind.Key ? owner : null,
            Labels = kind is SubjectKind.Key && tier is not null ? new Dictionary<string, string> { ["tier"] = tier } : null,
        };

    private static readonly Gen<IReadOnlyList<AlertRoute>> s_routes = s_route.ListOf().Select(routes => (IReadOnlyList<AlertRoute>)[.. routes]);

    [Fact]
    public void Route_Anything_NamesNoChannelTwiceAndNoneThatNobodyAsked() =>
        ForAll(s_routes, (routes, finding) =>
        {
            var routed = AlertRouter.Route(finding, routes);
            return routed.Select(one => one.Channel).Distinct().Count() == routed.Count
                && routed.All(one => RouteMatcher.Matches(one.Route, finding) && one.Route.Channels.Contains(one.Channel));
        });

    [Fact]
    public void Route_Anything_EndsWithTheFirstThatDoesNotContinue() =>
        ForAll(s_routes, (routes, finding) =>
        {
            var matching = routes.Where(route => RouteMatcher.Matches(route, finding) && Brings(route, finding).Any()).ToList();
            var last = matching.FindIndex(route => !route.Continue);
            var heard = (last < 0 ? matching : matching.Take(last + 1)).SelectMany(route => Brings(route, finding)).Distinct();
            return AlertRouter.Route(finding, routes).Select(one => one.Channel).SequenceEqual(heard);
        });

    [Fact]
    public void Route_AllContinue_OrderDecidesNothingButWhoseGroupingCounts() =>
        ForAll(s_routes, (routes, finding) =>
        {
            List<AlertRoute> open = [.. routes.Select(route => route with { Continue = true })];
            return Channels(finding, open).SetEquals(Channels(finding, [.. open.AsEnumerable().Reverse()]));
        });

    [Fact]
    public void Route_RoutesThatDoNotMatch_ChangeNothing() =>
        ForAll(s_routes, (routes, finding) => AlertRouter.Route(finding, routes).SequenceEqual(
            AlertRouter.Route(finding, [.. routes.Where(route => RouteMatcher.Matches(route, finding))])));

    [Fact]
    public void Route_LastRouteAsksForNothing_NothingAboveInfoIsLost() =>
        ForAll(s_routes, (routes, finding) =>
            finding.Severity is Severity.Info
            || AlertRouter.Route(finding, [.. routes, new() { Channels = ["a", "b"] }]).Count > 0);

    [Fact]
    public void Covers_RouteBehindOneThatTakesAll_NeverDecides() =>
        ForAll(s_routes.Where(routes => routes.Count > 1), (routes, finding) =>
        {
            var (first, second) = (routes[0] with { Continue = false }, routes[1] with { Channels = ["b", "c"] });
            return !new RouteReach(new HashSet<(FindingReason, Severity)>()).Covers(first, second)
                || AlertRouter.Route(finding, [first, second]).All(one => !ReferenceEquals(one.Route, second));
        });

    [Fact]
    public void Complain_RouteThatIsRefused_MatchesNothing() =>
        ForAll(s_routes.Where(routes => routes.Count > 0), (routes, finding) =>
            new RouteReach(new HashSet<(FindingReason, Severity)>()).Complain(routes[0]) is null
            || !RouteMatcher.Matches(routes[0], finding));

    [Fact]
    public void Of_KeysOfOneSubject_AreAboutTheSameForEveryRoute() =>
        Prop.ForAll(s_routes.ToArbitrary(), s_finding.ListOf().ToArbitrary(), (routes, findings) =>
        {
            var keys = findings.Select((finding, index) => A.Key($"k{index}") with
            {
                Environment = finding.Environment,
                Owner = finding.Owner,
                Labels = finding.Labels ?? new Dictionary<string, string>(),
            }).ToList();
            var subjects = new RouteSubjects(routes);
            return keys.Count == 0 || keys.Where(other => subjects.Of([keys[0], other]).Count == 1)
                .All(other => routes.All(route => IsAbout(route, other) == IsAbout(route, keys[0])));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Route_Owners_AreAsRoutesThatContinue()
    {
        var sugar = Load("owners: { prod: [a, b], \"eu*\": c }\n  routes: [{ match: { severity: critical }, channels: [d] }, { channels: [a, d] }]");
        var explicitly = Load("""
            routes:
                - { match: { owner: prod }, channels: [a, b], continue: true }
                - { match: { owner: "eu*" }, channels: [c], continue: true }
                - { match: { severity: critical }, channels: [d] }
                - { channels: [a, d] }
            """);

        Prop.ForAll(s_finding.ToArbitrary(), finding =>
            AlertRouter.Route(finding, sugar).Select(one => (one.Channel, Index: Position(sugar, one)))
                .SequenceEqual(AlertRouter.Route(finding, explicitly).Select(one => (one.Channel, Index: Position(explicitly, one)))))
            .QuickCheckThrowOnFailure();
    }

    private static int Position(IReadOnlyList<AlertRoute> routes, RoutedChannel routed) =>
        routes.TakeWhile(route => !ReferenceEquals(route, routed.Route)).Count();

    private static bool IsAbout(AlertRoute route, ManagedKey key) => RouteMatcher.IsAbout(
        route, AnAlert.Finding() with { Environment = key.Environment, Owner = key.Owner, Labels = key.Labels });

    private static IEnumerable<string> Brings(AlertRoute route, AlertFinding finding) => route.Channels.Where(
        channel => finding.Reason is not FindingReason.AlertDeliveryFailing || channel != finding.Subject);

    private static HashSet<string> Channels(AlertFinding finding, IReadOnlyList<AlertRoute> routes) =>
        [.. AlertRouter.Route(finding, routes).Select(one => one.Channel)];

    private static void ForAll(Gen<IReadOnlyList<AlertRoute>> routes, Func<IReadOnlyList<AlertRoute>, AlertFinding, bool> holds) =>
        Prop.ForAll(routes.ToArbitrary(), s_finding.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static IReadOnlyList<AlertRoute> Load(string members)
    {
        var channels = string.Join(", ", "abcd".Select(name => $"{name}: {{ kind: webhook, url: \"https://h\" }}"));
        return SettingsFolder.Good($"alerts:\n  channels: {{ {channels} }}\n  {members}").Routes;
    }
}
