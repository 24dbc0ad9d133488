using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;

namespace KeyRotator.Tests.Providers;

public sealed class TogetherProviderTests : KeyProviderContract
{
    private const string Recorded = "maruel/genai recording, 2026-08";

    public override IKeyProvider Provider { get; } = new TogetherProvider();

    protected override string ProbeUrl => "https://api.together.xyz/v1/models?dedicated=true";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("list", """[{"id":"meta/llama","object":"model","type":"chat"}]""", Recorded),
        ProbeRow.Ok("no dedicated model", "[]", "togethercomputer/openapi, 2026-08"),
        ProbeRow.Rejected("bad key on the list", 401, """{"error":{"message":"Unauthorized"}}""", VerdictReason.Invalid, Recorded),
        ProbeRow.Rejected(
            "bad key elsewhere", 401, """{"id":"1","error":{"message":"Invalid API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", VerdictReason.Invalid,
            Recorded),
        ProbeRow.Accepted("no credit", 402, """{"error":{"message":"Credit limit exceeded"}}""", VerdictReason.NoFunds, "unconfirmed"),
        ProbeRow.Inconclusive(
            "gateway timeout", 504, """{"error":{"message":"…"}}""", VerdictReason.ProviderError,
            "togethercomputer/openapi, 2026-08"),
    ];
}
