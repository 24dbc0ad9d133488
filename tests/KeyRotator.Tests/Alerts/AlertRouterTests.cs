using KeyRotator.Alerts;
using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class AlertRouterTests
{
    private static readonly AlertRoute s_all = new() { Channels = ["all"] };

    private static readonly AlertRoute s_everything = new()
    {
        Environments = ["prod"],
        Providers = ["mistral"],
        Owners = ["search"],
        Reasons = [FindingReason.KeyRejected],
        Severities = [Severity.Critical],
        Stores = ["vault"],
        Labels = Labels("team", "search"),
        Channels = ["ops"],
    };

    private static readonly AlertFinding s_finding = AnAlert.Finding() with
    {
        Environment = "prod",
        Provider = "mistral",
        Owner = "search",
        Store = "vault",
        Labels = new Dictionary<string, string> { ["team"] = "search", ["tier"] = "1" },
    };

    public static TheoryData<string, AlertRoute> Matching => new()
    {
        { "no matcher", new() { Channels = ["ops"] } },
        { "environment", new() { Environments = ["prod"], Channels = ["ops"] } },
        { "environment in another case", new() { Environments = ["PROD"], Channels = ["ops"] } },
        { "one environment of several", new() { Environments = ["dev", "prod"], Channels = ["ops"] } },
        { "environments that begin so", new() { Environments = ["Pr*"], Channels = ["ops"] } },
        { "nothing follows the beginning", new() { Environments = ["prod*"], Channels = ["ops"] } },
        { "any environment at all", new() { Environments = ["*"], Channels = ["ops"] } },
        { "provider", new() { Providers = ["Mistral"], Channels = ["ops"] } },
        { "owner", new() { Owners = ["ads", "search"], Channels = ["ops"] } },
        { "reason", new() { Reasons = [FindingReason.KeyExpired, FindingReason.KeyRejected], Channels = ["ops"] } },
        { "severity", new() { Severities = [Severity.Critical], Channels = ["ops"] } },
        { "store", new() { Stores = ["vault"], Channels = ["ops"] } },
        { "label in another case", new() { Labels = Labels("TEAM", "Search"), Channels = ["ops"] } },
        { "one value of several", new() { Labels = Labels("team", "ads", "search"), Channels = ["ops"] } },
        { "label that begins so", new() { Labels = Labels("team", "sea*"), Channels = ["ops"] } },
        { "all at once", s_everything },
    };

    public static TheoryData<string, AlertRoute> NotMatching => new()
    {
        { "environment", new() { Environments = ["test", "dev"], Channels = ["ops"] } },
        { "a wildcard's beginning is more", new() { Environments = ["production*"], Channels = ["ops"] } },
        { "a wildcard stands at the end only", new() { Environments = ["*od"], Channels = ["ops"] } },
        { "provider", new() { Providers = ["openai"], Channels = ["ops"] } },
        { "owner", new() { Owners = ["ads"], Channels = ["ops"] } },
        { "reason", new() { Reasons = [FindingReason.KeyExpired], Channels = ["ops"] } },
        { "severity", new() { Severities = [Severity.Warning, Severity.Info], Channels = ["ops"] } },
        { "store", new() { Stores = ["aws"], Channels = ["ops"] } },
        { "label's value", new() { Labels = Labels("team", "ads"), Channels = ["ops"] } },
        { "label's name", new() { Labels = Labels("owner", "search"), Channels = ["ops"] } },
        { "one of two", new() { Environments = ["prod"], Owners = ["ads"], Channels = ["ops"] } },
        { "one label of two", s_everything with { Labels = new Dictionary<string, IReadOnlyList<string>> { ["team"] = ["search"], ["tier"] = ["2"] } } },
    };

    [Theory]
    [MemberData(nameof(Matching))]
    public void Route_FirstRouteMatches_Decides(string why, AlertRoute route) =>
        Heard(s_finding, [route, s_all]).ShouldBe(["ops"], why);

    [Theory]
    [MemberData(nameof(NotMatching))]
    public void Route_FirstRouteDoesNotMatch_TheNextDecides(string why, AlertRoute route) =>
        Heard(s_finding, [route, s_all]).ShouldBe(["all"], why);

    [Fact]
    public void Route_NothingMatches_IsNobody() => Heard(s_finding, []).ShouldBeEmpty();

    [Fact]
    public void Route_SubjectWithoutEnvironment_DoesNotMatchOne() =>
        Heard(AnAlert.Finding(), [new() { Environments = ["prod"], Channels = ["ops"] }]).ShouldBeEmpty();

    [Theory]
    [InlineData(null, false)] // nobody asked
    [InlineData(Severity.Warning, false)] // another was asked for
    [InlineData(Severity.Info, true)]
    public void Route_Info_IsSentOnlyWhereARouteAsksForIt(Severity? asked, bool isSent)
    {
        var finding = AnAlert.Finding(severity: Severity.Info);

        Heard(finding, [new() { Severities = asked is { } severity ? [severity] : [], Channels = ["ops"] }]).Count().ShouldBe(isSent ? 1 : 0);
    }

    [Fact]
    public void Route_ChannelNamedTwice_HearsOnce() =>
        Heard(s_finding, [new() { Channels = ["ops", "ops", "audit"] }]).ShouldBe(["ops", "audit"]);

    [Fact]
    public void Route_FailingChannel_IsNotToldOfItself() =>
        Heard(Failing("ops"), [new() { Channels = ["ops", "audit"] }]).ShouldBe(["audit"]);

    [Fact]
    public void Route_OnlyTheFailingChannelIsLeft_TheNextRouteDecides() =>
        Heard(Failing("ops"), [new() { Channels = ["ops"] }, new() { Channels = ["audit"] }]).ShouldBe(["audit"]);

    [Fact]
    public void Route_Continue_TheRoutesAfterItAreLookedAtUpToTheFirstWithout() =>
        Heard(s_finding,
        [
            new() { Channels = ["a"], Continue = true },
            new() { Environments = ["test"], Channels = ["never"] },
            new() { Channels = ["b"], Continue = true },
            new() { Channels = ["c"] },
            new() { Channels = ["d"] },
        ]).ShouldBe(["a", "b", "c"]);

    [Fact]
    public void Route_SeveralRoutesBringAChannel_ItHearsOnceByTheFirst()
    {
        AlertRoute first = new() { Channels = ["ops", "audit"], Continue = true, GroupBy = [] };
        AlertRoute second = new() { Channels = ["pager", "ops"] };

        AlertRouter.Route(s_finding, [first, second]).ShouldBe([new("ops", first), new("audit", first), new("pager", second)]);
    }

    [Fact]
    public void Route_LastRouteContinues_EndsThere() =>
        Heard(s_finding, [new() { Channels = ["ops"], Continue = true }]).ShouldBe(["ops"]);

    [Fact]
    public void Route_FailingChannelAmongSeveralRoutes_IsNotToldOfItself() =>
        Heard(Failing("ops"), [new() { Channels = ["ops"], Continue = true }, new() { Channels = ["audit", "ops"] }]).ShouldBe(["audit"]);

    private static IEnumerable<string> Heard(AlertFinding finding, IReadOnlyList<AlertRoute> routes) =>
        AlertRouter.Route(finding, routes).Select(routed => routed.Channel);

    private static Dictionary<string, IReadOnlyList<string>> Labels(string name, params IReadOnlyList<string> values) =>
        new() { [name] = values };

    private static AlertFinding Failing(string channel) =>
        AnAlert.Finding(channel, FindingReason.AlertDeliveryFailing) with { SubjectKind = SubjectKind.Channel };
}
