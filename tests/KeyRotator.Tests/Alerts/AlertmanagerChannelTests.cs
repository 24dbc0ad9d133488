using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed partial class AlertmanagerChannelTests : AlertChannelContract
{
    private static readonly StateTerms s_terms = new(TimeSpan.FromMinutes(4), FollowsPass: false);

    protected override IAlertChannel Channel => new AlertmanagerChannel();

    protected override int MaxBytes => AlertmanagerChannel.MaxBytes;

    protected override string? ApiKey => "Bearer made-up";

    protected override string? SecretWith(string text) => null;

    [Theory]
    [InlineData(200, DeliveryOutcome.Delivered)]
    [InlineData(400, DeliveryOutcome.Refused)]
    [InlineData(401, DeliveryOutcome.Retry)]
    [InlineData(404, DeliveryOutcome.Retry)]
    [InlineData(500, DeliveryOutcome.Retry)]
    public void ReadAnswer_Documented_IsThatOutcome(int status, DeliveryOutcome outcome) =>
        Channel.ReadAnswer(status, []).ShouldBe(outcome);

    [Fact]
    public void CreateRequest_State_HoldsUntilItIsToldAgain()
    {
        var over = AnAlert.Finding("old-key") with { ResolvedAt = AnAlert.At.AddMinutes(2) };
        var alerts = BodyOf(
            State(AnAlert.Finding() with { OpenedAt = AnAlert.At.AddHours(-1) }, over) with { At = AnAlert.At.AddMinutes(3) });

        alerts[0].GetProperty("startsAt").GetDateTimeOffset().ShouldBe(AnAlert.At.AddHours(-1));
        alerts[0].GetProperty("endsAt").GetDateTimeOffset().ShouldBe(AnAlert.At.AddMinutes(7));
        alerts[1].GetProperty("endsAt").GetDateTimeOffset().ShouldBe(AnAlert.At.AddMinutes(2));
    }

    [Fact]
    public void CreateRequest_EndBeforeItsStart_IsItsStart()
    {
        var finding = AnAlert.Finding() with { OpenedAt = AnAlert.At.AddHours(1), ResolvedAt = AnAlert.At };

        BodyOf(State(finding))[0].GetProperty("endsAt").GetDateTimeOffset().ShouldBe(AnAlert.At.AddHours(1));
    }

    [Fact]
    public void IdentityOf_WhatChangesWhileItIsOpen_IsNotInIt()
    {
        var finding = AnAlert.Finding() with { Provider = "mistral", Owner = "team" };
        var later = finding with
        {
            Id = "fnd_2",
            Message = "Something else.",
            OpenedAt = AnAlert.At.AddDays(1),
            ResolvedAt = AnAlert.At.AddDays(2),
            Rung = 7,
            Fingerprint = "3f2a9c01b7de",
            ExpiresAt = AnAlert.At,
        };

        Identity(later).ShouldBe(Identity(finding));
    }

    [Fact]
    public void IdentityOf_AnotherSeverityOrInstallation_IsAnother()
    {
        var finding = AnAlert.Finding(severity: Severity.Warning);

        Identity(finding with { Severity = Severity.Critical }).ShouldNotBe(Identity(finding));
        AlertmanagerLabels.IdentityOf(finding, "other").ShouldNotBe(Identity(finding));
    }

    [Fact]
    public void Labels_OfAKey_AreWhatRoutesAndSilencesNeed()
    {
        var finding = AnAlert.Finding() with
        {
            Provider = "mistral",
            Environment = "prod",
            Owner = "  ",
            Store = "vault",
            Labels = new Dictionary<string, string> { ["cost centre"] = "4711", ["cost-centre"] = "4712", ["team"] = "" },
        };

        AlertmanagerLabels.Of(finding, "inst").ShouldBe(
        [
            new("alertname", "KeyRotatorKeyRejected"), new("environment", "prod"), new("installation", "inst"), new("key", "mistral-prod"),
            new("label_cost_centre", "4711"), new("provider", "mistral"), new("severity", "critical"), new("store", "vault"),
        ]);
    }

    [Fact]
    public void Labels_AnyText_AreOnesThatAlertmanagerTakes() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), ArbMap.Default.ArbFor<string?>(), (name, value) =>
        {
            var labels = AlertmanagerLabels.Of(
                AnAlert.Finding(
                    value ?? "") with
                { Owner = value, Labels = new Dictionary<string, string> { [name ?? ""] = value ?? "" } }, value);
            return labels.All(label => LabelName().IsMatch(label.Key) && label.Value.Trim().Length is > 0 and <= 200
                    && !label.Value.Any(char.IsControl))
                && labels.DistinctBy(label => label.Key).Count() == labels.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Parts_ManyFindings_AreEachTakenAndNoneIsLost()
    {
        var findings = Enumerable.Range(0, 1_201).Select(number => AnAlert.Finding($"key-{number}")).ToList();

        var parts = new AlertmanagerChannel().Parts(State(findings));

        parts.Select(part => part.Findings.Count).ShouldBe([500, 500, 201]);
        parts.SelectMany(part => Keys(BodyOf(part))).ShouldBe(findings.Select(finding => finding.Subject));
    }

    [Fact]
    public void Parts_LongFindings_StayBelowTheLimit()
    {
        var findings = Enumerable.Range(0, 300).Select(number => AnAlert.Finding($"key-{number}") with { Message = new string('ü', 2000) })
            .ToList();

        var parts = new AlertmanagerChannel().Parts(State(findings));

        parts.Count.ShouldBeGreaterThan(1);
        parts.SelectMany(part => Keys(BodyOf(part))).ShouldBe(findings.Select(finding => finding.Subject));
    }

    [Fact]
    public void Parts_NothingFires_IsOneEmptyRequest() =>
        BodyOf(new AlertmanagerChannel().Parts(State()).ShouldHaveSingleItem()).GetArrayLength().ShouldBe(0);

    private static Alert State(params IReadOnlyList<AlertFinding> findings) =>
        AnAlert.Of(AlertKind.State, findings) with { Installation = "inst", State = s_terms };

    private static string Identity(AlertFinding finding) => new AlertmanagerChannel().IdentityOf(finding, "inst");

    private static IEnumerable<string?> Keys(JsonElement alerts) =>
        alerts.EnumerateArray().Select(alert => alert.GetProperty("labels").GetProperty("key").GetString());

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$")]
    private static partial Regex LabelName();
}
