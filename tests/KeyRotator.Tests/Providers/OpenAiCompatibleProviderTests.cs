using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class OpenAiCompatibleProviderTests : KeyProviderContract
{
    private const string LiteLlm = "LiteLLM proxy as measured by its clients, 2026-09";

    public override IKeyProvider Provider { get; } = new OpenAiCompatibleProvider();

    protected override string ProbeUrl => "https://llm.example/v1/models";

    protected override ProviderInstance Instance => A.Instance("openai-compatible", new Uri("https://llm.example/v1"));

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("list", """{"object":"list","data":[{"id":"m"}]}""", "OpenAI's shape, 2026-08"),
        ProbeRow.Rejected(
            "OpenAI's code", 401, """{"error":{"message":"…","type":"invalid_request_error","code":"invalid_api_key"}}""", VerdictReason.Invalid,
            "OpenAI's shape, 2026-08"),
        ProbeRow.Rejected(
            "type alone", 401, """{"error":{"message":"…","type":"authentication_error"}}""", VerdictReason.Invalid,
            "DeepSeek's and Anthropic's shape, 2026-08"),
        ProbeRow.Rejected("flat", 401, """{"message":"…","code":"wrong_api_key"}""", VerdictReason.Invalid, "Cerebras' shape, 2026-08"),
        ProbeRow.Rejected(
            "virtual key unknown", 401, """{"error":{"message":"…","type":"token_not_found_in_db","param":"key","code":"401"}}""", VerdictReason.Invalid,
            LiteLlm),
        ProbeRow.Rejected(
            "virtual key expired", 401, """{"error":{"message":"…","type":"expired_key","param":"key","code":"401"}}""", VerdictReason.Expired,
            LiteLlm),
        ProbeRow.Inconclusive(
            "unspecific", 401, """{"error":{"message":"…","type":"auth_error","param":null,"code":"401"}}""", VerdictReason.UnexpectedBody,
            LiteLlm),
        ProbeRow.Inconclusive("any gateway's 401", 401, """{"error":"Unauthorized"}""", VerdictReason.UnexpectedBody, "own rule"),
        ProbeRow.Accepted(
            "no quota", 429, """{"error":{"message":"…","type":"insufficient_quota","code":"insufficient_quota"}}""", VerdictReason.NoFunds,
            "OpenAI's shape, 2026-08"),
        ProbeRow.Inconclusive("no such path", 404, """{"detail":"Not Found"}""", VerdictReason.WrongEndpoint, "own rule"),
    ];

    [Fact]
    public void VerdictFor_NoBaseUrl_IsAWrongEndpoint() =>
        (new OpenAiCompatibleProvider().VerdictFor(A.Instance("openai-compatible"))?.Reason).ShouldBe(VerdictReason.WrongEndpoint);
}
