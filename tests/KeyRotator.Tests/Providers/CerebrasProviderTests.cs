using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;

namespace KeyRotator.Tests.Providers;

public sealed class CerebrasProviderTests : KeyProviderContract
{
    private const string Recorded = "maruel/genai recording, 2026-08";

    public override IKeyProvider Provider { get; } = new CerebrasProvider();

    protected override string ProbeUrl => "https://api.cerebras.ai/v1/models";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("list", """{"object":"list","data":[{"id":"llama","object":"model"}]}""", Recorded),
        ProbeRow.Rejected(
            "bad key", 401, """{"message":"Wrong API Key","type":"invalid_request_error","param":"api_key","code":"wrong_api_key"}""", VerdictReason.Invalid,
            Recorded),
        ProbeRow.Accepted(
            "multimodal", 403, """{"message":"…","type":"x","param":null,"code":"multimodal_not_enabled"}""", VerdictReason.Restricted,
            Recorded),
        ProbeRow.Accepted(
            "throttled, authenticated", 429, """{"message":"…","code":"too_many_requests"}""", VerdictReason.Throttled,
            Recorded) with
        {
            Headers = new Dictionary<string, string> { ["x-ratelimit-limit-requests-day"] = "14400" },
        },
    ];
}
