using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class GroqProviderTests : KeyProviderContract
{
    private const string Recorded = "maruel/genai recording, 2026-08";

    public override IKeyProvider Provider { get; } = new GroqProvider();

    protected override string ProbeUrl => "https://api.groq.com/openai/v1/models";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("list", """{"object":"list","data":[{"id":"m","active":true}]}""", Recorded),
        ProbeRow.Rejected(
            "bad key", 401, """{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}""", VerdictReason.Invalid,
            Recorded),
        ProbeRow.Rejected(
            "organization restricted", 400, """{"error":{"message":"…","code":"organization_restricted"}}""", VerdictReason.AccountBlocked,
            "unconfirmed") with { IsTransient = true },
        ProbeRow.Accepted(
            "plan", 403, """{"error":{"message":"…","type":"permissions_error","code":"not_available_for_plan"}}""", VerdictReason.Restricted,
            "trufflehog groq analyzer, 2026-08"),
        ProbeRow.Inconclusive(
            "network", 403, """{"error":{"message":"Access denied. Please check your network settings."}}""", VerdictReason.CallerBlocked,
            "unconfirmed"),
        ProbeRow.Inconclusive(
            "edge page", 403, "<html><head><title>Attention Required! | Cloudflare</title></head></html>", VerdictReason.EdgeBlocked,
            "lobehub/lobehub issue 2143, 2026-08") with { MediaType = "text/html" },
        ProbeRow.Inconclusive(
            "throttled", 429, """{"error":{"message":"…","code":"rate_limit_exceeded"}}""", VerdictReason.Throttled,
            "unconfirmed"),
        ProbeRow.Accepted(
            "throttled, authenticated", 429, """{"error":{"message":"…","code":"rate_limit_exceeded"}}""", VerdictReason.Throttled,
            Recorded) with
        {
            Headers = new Dictionary<string, string> { ["x-ratelimit-limit-requests"] = "14400" },
        },
        ProbeRow.Inconclusive("no flex capacity", 498, """{"error":{"message":"…"}}""", VerdictReason.ProviderError, "unconfirmed"),
    ];

    [Fact]
    public void Classify_InactiveModel_IsNotListed() =>
        ClassifyOk("""{"data":[{"id":"a","active":false},{"id":"b","active":true}]}""").Models!.Models.ShouldHaveSingleItem().Id.ShouldBe(
            "b");
}
