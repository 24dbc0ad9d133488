using System.Text;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Audit;
using KeyRotator.Findings;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class WebhookChannelTests : AlertChannelContract
{
    private const string Secret = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
    private const string Older = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    protected override IAlertChannel Channel => new WebhookChannel();

    protected override int MaxBytes => 20_000;

    protected override bool IsReadByPeople => false;

    protected override string SecretWith(string text) => "whsec_" + Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    [Theory]
    [InlineData(200, DeliveryOutcome.Delivered)]
    [InlineData(202, DeliveryOutcome.Delivered)]
    [InlineData(204, DeliveryOutcome.Delivered)]
    [InlineData(299, DeliveryOutcome.Delivered)]
    [InlineData(410, DeliveryOutcome.Gone)]
    [InlineData(400, DeliveryOutcome.Retry)] // refused by the receiver today, and given up when the schedule ends
    [InlineData(401, DeliveryOutcome.Retry)]
    [InlineData(404, DeliveryOutcome.Retry)]
    [InlineData(422, DeliveryOutcome.Retry)]
    [InlineData(100, DeliveryOutcome.Retry)]
    [InlineData(600, DeliveryOutcome.Retry)]
    public void ReadAnswer_Status_IsThatOutcome(int status, DeliveryOutcome outcome) => Channel.ReadAnswer(status, []).ShouldBe(outcome);

    [Fact]
    public void CreateRequest_NoSecret_IsUnsignedWithIdAndTime()
    {
        using var request = Request(AnAlert.Of(AlertKind.Test), AnAlert.Channel());

        request.Headers.Contains("webhook-signature").ShouldBeFalse();
        request.Headers.GetValues("webhook-id").ShouldBe(["msg_1"]);
        request.Headers.GetValues("webhook-timestamp").ShouldBe(["1795255200"]);
        request.Content!.Headers.ContentType!.ToString().ShouldBe("application/json");
    }

    [Fact]
    public async Task CreateRequest_TwoSecrets_SignsTheBytesThatAreSent()
    {
        using var request = Request(AnAlert.Of(AlertKind.Trigger, AnAlert.Finding()), AnAlert.Channel(secret: Secret, previous: Older));
        var body = await request.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        var expected = StandardWebhookSignature.Create(
            "msg_1", "1795255200", body, [SigningSecret.Decode(Secret), SigningSecret.Decode(Older)]);
        request.Headers.GetValues("webhook-signature").ShouldBe([expected]);
    }

    [Fact]
    public void Write_Trigger_IsTheDocumentedBody()
    {
        var finding = AnAlert.Finding("mistral-prod", FindingReason.KeyExpiring, Severity.Warning) with
        {
            Message = "The key expires in 7 days.",
            Rung = 7,
            Provider = "mistral",
            Environment = "prod",
            Owner = "team-search",
            Fingerprint = "3f2a9c01b7de",
            ExpiresAt = AnAlert.At.AddDays(7),
            ConsoleUrl = "https://console.mistral.ai/api-keys?from=mail",
        };

        Json(AnAlert.Of(AlertKind.Trigger, finding) with { Severity = Severity.Warning }).ShouldBe(
            """
            {"type":"keyrotator.finding.triggered","timestamp":"2026-11-21T10:00:00Z","data":{"version":1,"alertId":"msg_1","kind":"Trigger","severity":"Warning","findings":[{"id":"fnd_1","reason":"KeyExpiring","severity":"Warning","subject":{"kind":"Key","name":"mistral-prod"},"message":"The key expires in 7 days.","openedAt":"2026-11-21T10:00:00Z","resolvedAt":null,"rung":7,"provider":"mistral","environment":"prod","owner":"team-search","fingerprint":"3f2a9c01b7de","expiresAt":"2026-11-28T10:00:00Z","links":{"console":"https://console.mistral.ai/api-keys","runbook":null}}],"omitted":0}}
            """);
    }

    [Fact]
    public void Write_Resolved_IsTheDocumentedBody() =>
        Json(AnAlert.Of(AlertKind.Resolved, AnAlert.Finding() with { ResolvedAt = AnAlert.At.AddHours(1) })).ShouldBe(
            """
            {"type":"keyrotator.finding.resolved","timestamp":"2026-11-21T10:00:00Z","data":{"version":1,"alertId":"msg_1","kind":"Resolved","severity":"Critical","findings":[{"id":"fnd_1","reason":"KeyRejected","severity":"Critical","subject":{"kind":"Key","name":"mistral-prod"},"message":"The provider says that the key is bad.","openedAt":"2026-11-21T10:00:00Z","resolvedAt":"2026-11-21T11:00:00Z","rung":null,"provider":null,"environment":null,"owner":null,"fingerprint":null,"expiresAt":null,"links":{"console":null,"runbook":null}}],"omitted":0}}
            """);

    [Fact]
    public void Write_Test_IsTheDocumentedBody() =>
        Json(AnAlert.Of(AlertKind.Test) with { Severity = Severity.Info }).ShouldBe(
            """
            {"type":"keyrotator.test","timestamp":"2026-11-21T10:00:00Z","data":{"version":1,"alertId":"msg_1","kind":"Test","severity":"Info","findings":[],"omitted":0}}
            """);

    [Theory]
    [InlineData(AlertKind.Reminder, "keyrotator.finding.reminded")]
    [InlineData(AlertKind.Digest, "keyrotator.digest")]
    public void Write_Kind_HasThatType(AlertKind kind, string type) =>
        Parse(AnAlert.Of(kind, AnAlert.Finding())).GetProperty("type").GetString().ShouldBe(type);

    [Fact]
    public void Write_Digest_SaysWhereTheAuditStood()
    {
        var head = new AuditHead(long.MaxValue, new string('a', 64));
        var findings = Enumerable.Range(0, 50).Select(number => AnAlert.Finding($"key-{number}") with { Message = new string('x', 1000) });
        var digest = AnAlert.Of(AlertKind.Digest, [.. findings]) with { Audit = head };

        var audit = Parse(digest).GetProperty("data").GetProperty("audit");

        (audit.GetProperty("sequence").GetInt64(), audit.GetProperty("hash").GetString()).ShouldBe((head.Sequence, head.Hash));
        WebhookBody.Write(digest).Length.ShouldBeLessThanOrEqualTo(WebhookBody.MaxBytes);
    }

    [Fact]
    public void Write_DigestTooLarge_CountsWhatItDoesNotName()
    {
        var findings = Enumerable.Range(0, 50).Select(number => AnAlert.Finding($"key-{number}") with { Message = new string('x', 1000) })
            .ToList();
        var data = Parse(AnAlert.Of(AlertKind.Digest, findings) with { Omitted = 7 }).GetProperty("data");

        var named = data.GetProperty("findings").GetArrayLength();
        named.ShouldBeGreaterThan(10);
        data.GetProperty("omitted").GetInt32().ShouldBe(57 - named);
    }

    [Fact]
    public void Write_LongName_IsCutWithAnEllipsisBetweenCharacters()
    {
        var shown = Parse(AnAlert.Of(AlertKind.Trigger, AnAlert.Finding("x" + string.Concat(Enumerable.Repeat("🔑", 200)))))
            .GetProperty("data").GetProperty("findings")[0].GetProperty("subject").GetProperty("name").GetString()!;

        shown.Length.ShouldBeLessThanOrEqualTo(200);
        shown.ShouldEndWith("🔑…");
    }

    private HttpRequestMessage Request(Alert alert, ChannelSettings channel) => Channel.CreateRequest(alert, channel, AnAlert.At);

    private static string Json(Alert alert) => Encoding.UTF8.GetString(WebhookBody.Write(alert));

    private static JsonElement Parse(Alert alert) => JsonDocument.Parse(WebhookBody.Write(alert)).RootElement;
}
