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
        Environment = "prod",
        Provider = "mistral",
        Owner = "search",
        Reason = FindingReason.KeyRejected,
        Severity = Severity.Critical,
        Channels = ["ops"],
    };

    private static readonly AlertFinding s_finding =
        AnAlert.Finding() with { Environment = "prod", Provider = "mistral", Owner = "search" };

    public static TheoryData<string, AlertRoute> Matching => new()
    {
        { "no matcher", new() { Channels = ["ops"] } },
        { "environment", new() { Environment = "prod", Channels = ["ops"] } },
        { "environment in another case", new() { Environment = "PROD", Channels = ["ops"] } },
        { "provider", new() { Provider = "mistral", Channels = ["ops"] } },
        { "owner", new() { Owner = "search", Channels = ["ops"] } },
        { "reason", new() { Reason = FindingReason.KeyRejected, Channels = ["ops"] } },
        { "severity", new() { Severity = Severity.Critical, Channels = ["ops"] } },
        { "all at once", s_everything },
    };

    public static TheoryData<string, AlertRoute> NotMatching => new()
    {
        { "environment", new() { Environment = "test", Channels = ["ops"] } },
        { "provider", new() { Provider = "openai", Channels = ["ops"] } },
        { "owner", new() { Owner = "ads", Channels = ["ops"] } },
        { "reason", new() { Reason = FindingReason.KeyExpired, Channels = ["ops"] } },
        { "severity", new() { Severity = Severity.Warning, Channels = ["ops"] } },
        { "one of two", new() { Environment = "prod", Owner = "ads", Channels = ["ops"] } },
    };

    [Theory]
    [MemberData(nameof(Matching))]
    public void Route_FirstRouteMatches_Decides(string why, AlertRoute route) =>
        AlertRouter.Route(s_finding, [route, s_all]).Select(routed => routed.Channel).ShouldBe(["ops"], why);

    [Theory]
    [MemberData(nameof(NotMatching))]
    public void Route_FirstRouteDoesNotMatch_TheNextDecides(string why, AlertRoute route) =>
        AlertRouter.Route(s_finding, [route, s_all]).Select(routed => routed.Channel).ShouldBe(["all"], why);

    [Fact]
    public void Route_NothingMatches_IsNobody() => AlertRouter.Route(s_finding, []).ShouldBeEmpty();

    [Fact]
    public void Route_SubjectWithoutEnvironment_DoesNotMatchOne() =>
        AlertRouter.Route(AnAlert.Finding(), [new() { Environment = "prod", Channels = ["ops"] }]).ShouldBeEmpty();

    [Theory]
    [InlineData(null, false)] // nobody asked
    [InlineData(Severity.Warning, false)] // another was asked for
    [InlineData(Severity.Info, true)]
    public void Route_Info_IsSentOnlyWhereARouteAsksForIt(Severity? asked, bool isSent)
    {
        var finding = AnAlert.Finding(severity: Severity.Info);

        AlertRouter.Route(finding, [new() { Severity = asked, Channels = ["ops"] }]).Count.ShouldBe(isSent ? 1 : 0);
    }

    [Fact]
    public void Route_ChannelNamedTwice_HearsOnce() =>
        AlertRouter.Route(s_finding, [new() { Channels = ["ops", "ops", "audit"] }]).Select(routed => routed.Channel)
            .ShouldBe(["ops", "audit"]);

    [Fact]
    public void Route_FailingChannel_IsNotToldOfItself() =>
        AlertRouter.Route(Failing("ops"), [new() { Channels = ["ops", "audit"] }]).Select(routed => routed.Channel).ShouldBe(["audit"]);

    [Fact]
    public void Route_OnlyTheFailingChannelIsLeft_TheNextRouteDecides() =>
        AlertRouter.Route(Failing("ops"), [new() { Channels = ["ops"] }, new() { Channels = ["audit"] }]).Select(routed => routed.Channel)
            .ShouldBe(["audit"]);

    private static AlertFinding Failing(string channel) =>
        AnAlert.Finding(channel, FindingReason.AlertDeliveryFailing) with { SubjectKind = SubjectKind.Channel };
}
