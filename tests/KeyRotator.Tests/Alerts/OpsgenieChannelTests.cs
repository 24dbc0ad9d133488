using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Secrets;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class OpsgenieChannelTests : OpsgenieChannelContract
{
    protected override IAlertChannel Channel { get; } = new OpsgenieChannel();
}

/// <summary>What both of its kinds keep.</summary>
public abstract class OpsgenieChannelContract : AlertChannelContract
{
    // Text is limited by the character, and one may take six bytes.
    protected override int MaxBytes => 6 * 20_000;

    protected override string? ApiKey => "genie-key";

    protected override string? SecretWith(string text) => null;

    [Theory]
    [InlineData(202, DeliveryOutcome.Delivered)]
    [InlineData(200, DeliveryOutcome.Delivered)]
    [InlineData(400, DeliveryOutcome.Refused)]
    [InlineData(422, DeliveryOutcome.Refused)]
    [InlineData(401, DeliveryOutcome.Retry)]
    [InlineData(403, DeliveryOutcome.Retry)]
    public void ReadAnswer_Documented_IsThatOutcome(int status, DeliveryOutcome outcome) =>
        Channel.ReadAnswer(status, []).ShouldBe(outcome);

    [Fact]
    public void CreateRequest_Resolved_ClosesByAlias()
    {
        using var request = Request(AnAlert.Of(AlertKind.Resolved, AnAlert.Finding()));

        request.RequestUri!.PathAndQuery.ShouldBe("/hook/v2/alerts/fnd_1/close?identifierType=alias");
        request.Headers.GetValues("Authorization").ShouldBe(["GenieKey genie-key"]);
    }

    [Theory]
    [InlineData(AlertKind.Trigger)]
    [InlineData(AlertKind.Reminder)]
    public void CreateRequest_OpenFinding_HasItsAlias(AlertKind kind) =>
        BodyOf(AnAlert.Of(kind, AnAlert.Finding())).GetProperty("alias").GetString().ShouldBe("fnd_1");

    [Theory]
    [InlineData(Severity.Critical, "P1")]
    [InlineData(Severity.Warning, "P3")]
    [InlineData(Severity.Info, "P5")]
    public void CreateRequest_Severity_IsAPriority(Severity severity, string priority) =>
        BodyOf(AnAlert.Of(AlertKind.Trigger, AnAlert.Finding()) with { Severity = severity })
            .GetProperty("priority").GetString().ShouldBe(priority);

    [Fact]
    public void CreateRequest_LongestOfAll_KeepsTheLimits()
    {
        var finding = AnAlert.Finding(new string('x', 9_000)) with { Message = new string('y', 90_000) };

        foreach (var findings in new[] { 1, 99 })
        {
            var alert = AnAlert.Of(AlertKind.Digest, [.. Enumerable.Repeat(finding, findings)]);
            var body = BodyOf(alert);
            body.GetProperty("message").GetString()!.Length.ShouldBeLessThanOrEqualTo(130);
            body.GetProperty("description").GetString()!.Length.ShouldBeLessThanOrEqualTo(15_000);
        }
    }

    private HttpRequestMessage Request(Alert alert) =>
        Channel.CreateRequest(alert, AnAlert.Channel() with { ApiKey = new SecretValue(ApiKey!) }, AnAlert.At);
}
