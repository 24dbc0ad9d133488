using KeyRotator.Alerts;
using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class AlertGroupingTests
{
    private static readonly DateTimeOffset s_now = AnAlert.At; // a Saturday, 10:00
    private static readonly AlertRoute s_route = new() { Channels = ["ops"] };
    private static readonly AlertFinding s_finding =
        AnAlert.Finding() with { Provider = "mistral", Environment = "prod", Owner = "search", Id = "fnd_1" };

    public static TheoryData<string, AlertFinding, AlertFinding> Others => new()
    {
        { "Provider", s_finding, s_finding with { Provider = "openai" } },
        { "Environment", s_finding, s_finding with { Environment = null } },
        { "Environment", s_finding with { Environment = "" }, s_finding with { Environment = "prod" } },
        { "Owner", s_finding, s_finding with { Owner = "ads" } },
        { "Reason", s_finding, s_finding with { Reason = FindingReason.KeyExpired } },
        { "Finding", s_finding, s_finding with { Id = "fnd_2" } },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Of_PartDiffers_IsAnotherGroupOnlyWhereItCounts(string part, AlertFinding one, AlertFinding other)
    {
        var counted = Enum.Parse<GroupPart>(part);

        Key(one, [counted]).ShouldNotBe(Key(other, [counted]));
        Key(one, [.. Enum.GetValues<GroupPart>().Where(any => any != counted)])
            .ShouldBe(Key(other, [.. Enum.GetValues<GroupPart>().Where(any => any != counted)]));
    }

    [Fact]
    public void Of_OrderAndRepeats_DoNotCount() =>
        Key(s_finding, [GroupPart.Reason, GroupPart.Provider, GroupPart.Reason])
            .ShouldBe(Key(s_finding, [GroupPart.Provider, GroupPart.Reason]));

    [Fact]
    public void Of_Usual_WaitsForOthersButNotToBeReady()
    {
        var terms = Of(s_route);

        (terms.ReadyAt, terms.TellAt, terms.Every).ShouldBe((s_now, s_now.AddSeconds(30), TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public void Of_NotReadyFor2Minutes_WaitsNoLongerThanThat()
    {
        var terms = AlertGrouping.Of(s_route, s_finding, isFirstPass: false, s_now.AddMinutes(2), s_now);

        (terms.ReadyAt, terms.TellAt).ShouldBe((s_now.AddMinutes(2), s_now.AddMinutes(2)));
    }

    [Theory]
    [InlineData(Severity.Warning, true)]
    [InlineData(Severity.Critical, false)] // never waits
    public void Of_FirstPass_IsOneGroup(Severity severity, bool isGathered)
    {
        var one = Of(s_route, s_finding with { Severity = severity }, isFirstPass: true);
        var other = Of(s_route, s_finding with { Severity = severity, Provider = "openai" }, isFirstPass: true);

        (one.Key == other.Key).ShouldBe(isGathered);
        (one.TellAt - s_now).ShouldBe(isGathered ? AlertGrouping.LongestGathering : s_route.GroupWait);
    }

    [Theory]
    [InlineData(QuietDigest.Daily, "2026-11-22T08:00:00Z")]
    [InlineData(QuietDigest.Weekly, "2026-11-23T08:00:00Z")]
    public void Of_Quiet_WaitsForItsTime(QuietDigest digest, string at)
    {
        var terms = Of(s_route with { Digest = digest }, s_finding with { Severity = Severity.Warning });

        (terms.ReadyAt, terms.TellAt).ShouldBe((DateTimeOffset.Parse(at, null), DateTimeOffset.Parse(at, null)));
    }

    [Fact]
    public void Of_QuietButCritical_DoesNotWait() =>
        Of(s_route with { Digest = QuietDigest.Weekly }).TellAt.ShouldBe(s_now.AddSeconds(30));

    [Theory]
    [InlineData(QuietDigest.Daily, "2026-11-21T07:59:59Z", "2026-11-21T08:00:00Z")]
    [InlineData(QuietDigest.Daily, "2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z")] // after, not at
    [InlineData(QuietDigest.Weekly, "2026-11-23T07:59:59Z", "2026-11-23T08:00:00Z")] // the same Monday
    [InlineData(QuietDigest.Weekly, "2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z")]
    [InlineData(QuietDigest.Weekly, "2026-11-22T23:00:00Z", "2026-11-23T08:00:00Z")]
    [InlineData(QuietDigest.Daily, "2026-12-31T23:00:00Z", "2027-01-01T08:00:00Z")]
    public void Next_IsTheNextTime(QuietDigest digest, string after, string expected) =>
        QuietTimes.Next(DateTimeOffset.Parse(after, null), digest, new(8, 0)).ShouldBe(DateTimeOffset.Parse(expected, null));

    private static string Key(AlertFinding finding, IReadOnlyList<GroupPart> parts) => Of(s_route with { GroupBy = parts }, finding).Key;

    private static GroupTerms Of(AlertRoute route, AlertFinding? finding = null, bool isFirstPass = false) =>
        AlertGrouping.Of(route, finding ?? s_finding, isFirstPass, s_now, s_now);
}
