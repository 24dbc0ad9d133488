using KeyRotator.Alerts;
using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class SilenceMatchTests
{
    private static readonly AlertFinding s_finding = AnAlert.Finding("mistral-prod", FindingReason.KeyExpiring, Severity.Warning) with
    {
        Provider = "mistral",
        Environment = "prod",
        Store = "vault",
        Labels = new Dictionary<string, string> { ["team"] = "Search" },
    };

    [Theory]
    [InlineData("key=mistral-prod", true)]
    [InlineData("KEY=Mistral-PROD", true)]
    [InlineData("key=mistral-*", true)]
    [InlineData("key=*", true)]
    [InlineData("key=mistral", false)]
    [InlineData("key!=mistral-*", false)]
    [InlineData("provider=mistral", true)]
    [InlineData("provider!=mistral", false)]
    [InlineData("environment=prod", true)]
    [InlineData("environment=production", false)]
    [InlineData("owner=team-a", false)]
    [InlineData("owner!=team-a", true)] // it has none
    [InlineData("reason=keyexpiring", true)]
    [InlineData("reason=Key*", true)]
    [InlineData("reason=KeyRejected", false)]
    [InlineData("severity=warning", true)]
    [InlineData("severity!=critical", true)]
    [InlineData("store=vault", true)]
    [InlineData("finding=fnd_1", true)]
    [InlineData("finding=fnd_2", false)]
    [InlineData("label.team=search", true)]
    [InlineData("label.team!=search", false)]
    [InlineData("label.tier=gold", false)]
    [InlineData("label.tier!=gold", true)]
    public void Covers_Finding_AsItSays(string text, bool covers)
    {
        var (match, fault) = SilenceMatch.Read(text);

        fault.ShouldBe(SilenceMatchFault.None);
        match!.Covers(s_finding).ShouldBe(covers);
        SilenceMatch.Read(match.ToString()).Match.ShouldBe(match);
    }

    [Theory]
    [InlineData("", nameof(SilenceMatchFault.NoOperator))]
    [InlineData("search", nameof(SilenceMatchFault.NoOperator))]
    [InlineData("=x", nameof(SilenceMatchFault.NoOperator))]
    [InlineData("!=x", nameof(SilenceMatchFault.UnknownMember))]
    [InlineData("planet=mars", nameof(SilenceMatchFault.UnknownMember))]
    [InlineData("label=mars", nameof(SilenceMatchFault.UnknownMember))]
    [InlineData("0=mars", nameof(SilenceMatchFault.UnknownMember))]
    [InlineData("label.=mars", nameof(SilenceMatchFault.NoLabelName))]
    [InlineData("key=", nameof(SilenceMatchFault.NoValue))]
    [InlineData("key= ", nameof(SilenceMatchFault.NoValue))]
    [InlineData("key=a*b", nameof(SilenceMatchFault.BadValue))]
    [InlineData("key=**", nameof(SilenceMatchFault.BadValue))]
    [InlineData("key=a\nb", nameof(SilenceMatchFault.BadValue))]
    [InlineData("reason=KeyRejcted", nameof(SilenceMatchFault.UnknownReason))]
    [InlineData("reason=None", nameof(SilenceMatchFault.UnknownReason))]
    [InlineData("severity=fatal", nameof(SilenceMatchFault.UnknownSeverity))]
    public void Read_NoMatch_SaysWhy(string text, string fault)
    {
        var (match, why) = SilenceMatch.Read(text);

        (match, why.ToString()).ShouldBe((null, fault));
    }

    [Fact]
    public void Read_LongerThanAnyName_IsRefused() =>
        SilenceMatch.Read("key=" + new string('a', 10_000)).Fault.ShouldBe(SilenceMatchFault.TooLong);

    [Fact]
    public void Covering_OfAProvider_HasNoKey()
    {
        var outage = s_finding with { SubjectKind = SubjectKind.Provider, Subject = "mistral-prod" };

        SilenceMatch.Read("key=mistral-prod").Match!.Covers(outage).ShouldBeFalse();
    }

    [Fact]
    public void Covering_Several_IsTheOneThatLastsLongest()
    {
        Silence[] silences = [Of(1, 2, "key=*"), Of(2, 5, "key=*"), Of(3, 9, "key=other"), Of(4, 9, "key=*") with { EndedAt = AnAlert.At }];

        Silencing.Covering(s_finding, silences, AnAlert.At)!.Id.ShouldBe(2);
        Silencing.Covering(s_finding, silences, AnAlert.At.AddHours(5)).ShouldBeNull();
        Silencing.Covering(s_finding, silences, AnAlert.At.AddMinutes(-6)).ShouldBeNull("the clock was set back");
    }

    [Theory]
    [InlineData(AlertKind.Trigger, true)]
    [InlineData(AlertKind.Reminder, true)]
    [InlineData(AlertKind.Resolved, false)]
    [InlineData(AlertKind.Withdrawn, false)]
    [InlineData(AlertKind.Digest, false)]
    public void Covering_Message_KeepsNoEnd(AlertKind kind, bool isKept) =>
        (Silencing.Covering(AnAlert.Of(kind, s_finding), [Of(1, 2, "key=*")], AnAlert.At) is not null).ShouldBe(isKept);

    [Theory]
    [InlineData(true, "severity=critical")]
    [InlineData(true, "severity!=warning")]
    [InlineData(true, "severity=*")]
    [InlineData(false, "severity=warning")]
    [InlineData(false, "severity=critical", "key=a")]
    [InlineData(false)]
    public void CoversAllCritical_Matches_AreOfSeverityAlone(bool all, params string[] matches) =>
        Of(1, 1, matches).CoversAllCritical.ShouldBe(all);

    private static Silence Of(long id, int hours, params string[] matches) => new()
    {
        Id = id,
        Matches = [.. matches.Select(text => SilenceMatch.Read(text).Match!)],
        By = "ana",
        Reason = "why",
        Since = AnAlert.At,
        Until = AnAlert.At.AddHours(hours),
    };
}
