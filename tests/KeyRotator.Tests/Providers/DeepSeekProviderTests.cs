using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;

namespace KeyRotator.Tests.Providers;

public sealed class DeepSeekProviderTests : KeyProviderContract
{
    private const string Recorded = "maruel/genai recording, 2026-08";

    public override IKeyProvider Provider { get; } = new DeepSeekProvider();

    protected override string ProbeUrl => "https://api.deepseek.com/models";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("list", """{"object":"list","data":[{"id":"deepseek-chat","object":"model","owned_by":"deepseek"}]}""", Recorded),
        ProbeRow.Rejected(
            "bad key", 401, """{"error":{"message":"Authentication Fails, Your api key: ****iKey is invalid","type":"authentication_error","param":null,"code":"invalid_request_error"}}""", VerdictReason.Invalid,
            Recorded) with { IsTransient = true },
        ProbeRow.Accepted(
            "no balance", 402, """{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}""", VerdictReason.NoFunds,
            "1Panel-dev/MaxKB issue 3797, 2026-08"),
        ProbeRow.Inconclusive(
            "misleading code alone", 401, """{"error":{"message":"…","type":"unknown_error","code":"invalid_request_error"}}""", VerdictReason.UnexpectedBody,
            "own rule: type decides"),
    ];
}
