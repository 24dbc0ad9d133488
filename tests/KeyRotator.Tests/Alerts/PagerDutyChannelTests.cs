using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class PagerDutyChannelTests : AlertChannelContract
{
    protected override IAlertChannel Channel => new PagerDutyChannel();

    protected override int MaxBytes => 512 * 1024;

    protected override string? ApiKey => "R0000000000000000000000000000001";

    protected override string? SecretWith(string text) => null;

    [Theory]
    [InlineData(202, DeliveryOutcome.Delivered)]
    [InlineData(200, DeliveryOutcome.Retry)]
    [InlineData(400, DeliveryOutcome.Refused)]
    [InlineData(401, DeliveryOutcome.Retry)]
    [InlineData(403, DeliveryOutcome.Retry)]
    [InlineData(404, DeliveryOutcome.Retry)]
    public void ReadAnswer_Documented_IsThatOutcome(int status, DeliveryOutcome outcome) =>
        Channel.ReadAnswer(status, []).ShouldBe(outcome);

    [Theory]
    [InlineData(AlertKind.Trigger, "trigger")]
    [InlineData(AlertKind.Reminder, "trigger")]
    [InlineData(AlertKind.Resolved, "resolve")]
    [InlineData(AlertKind.Withdrawn, "resolve")]
    public void CreateRequest_LifeOfAFinding_IsOneIncident(AlertKind kind, string action)
    {
        var body = BodyOf(AnAlert.Of(kind, AnAlert.Finding()) with { Id = $"msg_{kind}" });

        (body.GetProperty("event_action").GetString(), body.GetProperty("dedup_key").GetString()).ShouldBe((action, "fnd_1"));
    }

    [Theory]
    [InlineData(Severity.Critical, "critical")]
    [InlineData(Severity.Warning, "warning")]
    [InlineData(Severity.Info, "info")]
    public void CreateRequest_Severity_IsTheVendorsWord(Severity severity, string word) =>
        BodyOf(AnAlert.Of(AlertKind.Trigger, AnAlert.Finding(severity: severity)) with { Severity = severity })
            .GetProperty("payload").GetProperty("severity").GetString().ShouldBe(word);

    [Fact]
    public void CreateRequest_LongestOfAll_KeepsTheLimits()
    {
        var body = BodyOf(
            AnAlert.Of(AlertKind.Trigger, AnAlert.Finding(new string('x', 9_000)) with { Message = new string('y', 90_000) }));

        body.GetProperty("payload").GetProperty("summary").GetString()!.Length.ShouldBeLessThanOrEqualTo(1_024);
        body.GetProperty("dedup_key").GetString()!.Length.ShouldBeLessThanOrEqualTo(255);
    }

    [Theory]
    [InlineData("https://events.eu.pagerduty.com")]
    [InlineData("https://events.eu.pagerduty.com/")]
    public void CreateRequest_OtherAddress_IsAskedThere(string url)
    {
        using var request = Channel.CreateRequest(AnAlert.Of(AlertKind.Test), AnAlert.Channel(url: url), AnAlert.At);

        request.RequestUri.ShouldBe(new Uri("https://events.eu.pagerduty.com/v2/enqueue"));
    }
}
