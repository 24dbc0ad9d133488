using System.Text;
using System.Text.Json;
using KeyRotator.Alerts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>A webhook in the form of CloudEvents.</summary>
public sealed class WebhookEventTests
{
    private const string Secret = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

    private static readonly ChannelSettings s_settings = AnAlert.Channel(secret: Secret) with { Format = WebhookFormat.CloudEvents };

    [Fact]
    public async Task CreateRequest_CloudEvents_IsTheDocumentedBodySignedAsEver()
    {
        using var request = Request(AnAlert.Of(AlertKind.Trigger, AnAlert.Finding()) with { Installation = "5ae742a0" });
        var body = await request.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Encoding.UTF8.GetString(body).ShouldBe(
            """
            {"specversion":"1.0","id":"msg_1","source":"urn:keyrotator:5ae742a0","type":"keyrotator.finding.triggered","subject":"key/mistral-prod","time":"2026-11-21T10:00:00Z","datacontenttype":"application/json","data":{"version":1,"alertId":"msg_1","kind":"Trigger","severity":"Critical","findings":[{"id":"fnd_1","reason":"KeyRejected","severity":"Critical","subject":{"kind":"Key","name":"mistral-prod"},"message":"The provider says that the key is bad.","openedAt":"2026-11-21T10:00:00Z","resolvedAt":null,"rung":null,"provider":null,"environment":null,"owner":null,"fingerprint":null,"expiresAt":null,"links":{"console":null,"runbook":null}}],"omitted":0}}
            """);
        request.Content.Headers.ContentType!.ToString().ShouldBe("application/cloudevents+json");
        request.Headers.GetValues("webhook-id").ShouldBe(["msg_1"]);
        request.Headers.GetValues("webhook-signature")
            .ShouldBe([StandardWebhookSignature.Create("msg_1", "1795255200", body, [SigningSecret.Decode(Secret)])]);
    }

    [Fact]
    public void WriteEvent_Digest_HasNoSubjectAndTheSameData()
    {
        var digest = AnAlert.Of(AlertKind.Digest, AnAlert.Finding(), AnAlert.Finding("b"));
        var (standard, cloud) = (JsonElement.Parse(WebhookBody.Write(digest)), JsonElement.Parse(WebhookBody.WriteEvent(digest)));

        cloud.TryGetProperty("subject", out _).ShouldBeFalse();
        cloud.GetProperty("data").GetRawText().ShouldBe(standard.GetProperty("data").GetRawText());
    }

    [Fact]
    public void WriteEvent_LongestThereIs_IsBounded()
    {
        var hostile = new string('\u202E', 10_000);
        var findings = Enumerable.Range(0, 50).Select(_ => AnAlert.Finding(hostile) with { Message = hostile }).ToList();

        WebhookBody.WriteEvent(AnAlert.Of(AlertKind.Digest, findings)).Length.ShouldBeLessThanOrEqualTo(WebhookBody.MaxBytes);
        WebhookBody.WriteEvent(AnAlert.Of(AlertKind.Trigger, findings[0])).Length.ShouldBeLessThanOrEqualTo(WebhookBody.MaxBytes);
    }

    private static HttpRequestMessage Request(Alert alert) => new WebhookChannel().CreateRequest(alert, s_settings, AnAlert.At);
}
