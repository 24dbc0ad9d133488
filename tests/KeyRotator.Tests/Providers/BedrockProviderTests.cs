using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class BedrockProviderTests : KeyProviderContract
{
    public override IKeyProvider Provider { get; } = new BedrockProvider();

    protected override string ProbeUrl => "https://bedrock-mantle.eu-central-1.api.aws/v1/models";

    protected override ProviderInstance Instance => A.Instance("bedrock") with { Region = "eu-central-1" };

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("list", """{"object":"list","data":[{"id":"openai.gpt-oss-20b"}]}""", "NousResearch/hermes-agent issue 87190, 2026-08"),
        ProbeRow.Rejected(
            "bad key or other region", 401, """{"error":{"code":"invalid_api_key","message":"Invalid bearer token","type":"invalid_request_error"}}""", VerdictReason.Invalid,
            "NousResearch/hermes-agent issue 87190, 2026-08") with { NeedsKnownPlace = true },
        ProbeRow.Rejected(
            "authentication failed", 403, """{"Message":"Authentication failed: Please make sure your API Key is valid."}""", VerdictReason.Invalid,
            "ai4s-research/open-science issue 53, 2026-08") with { NeedsKnownPlace = true },
        ProbeRow.Rejected(
            "not a Bedrock key", 403, """{"Message":"Invalid API Key format: Must start with pre-defined prefix"}""", VerdictReason.Invalid,
            "farion1231/cc-switch issue 1679, 2026-08"),
        ProbeRow.Accepted(
            "policy", 403, """{"Message":"User: x is not authorized to perform: bedrock:ListFoundationModels"}""", VerdictReason.Restricted,
            "unconfirmed"),
    ];

    [Fact]
    public void ReadExpiry_ShortTermKey_IsSignatureTimePlusLife()
    {
        var key = MadeUpKey("short-term");

        new BedrockProvider().ReadExpiry(key).ShouldBe(new DateTimeOffset(2025, 1, 1, 12, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("", "no key")]
    [InlineData("bedrock-api-key-", "nothing behind the prefix")]
    [InlineData("bedrock-api-key-%%%", "no Base64")]
    [InlineData("bedrock-api-key-aGVsbG8=", "no signed URL")]
    [InlineData("bedrock-api-key-WC1BbXotRGF0ZT0yMDI1MDEwMVQwMDAwMDBaJlgtQW16LUV4cGlyZXM9LTU=", "a negative life")]
    [InlineData("bedrock-api-key-WC1BbXotRGF0ZT0yMDI1MTMwMVQwMDAwMDBaJlgtQW16LUV4cGlyZXM9NTA=", "a thirteenth month")]
    public void ReadExpiry_AnythingElse_IsUnknown(string key, string because) =>
        new BedrockProvider().ReadExpiry(new SecretValue(key)).ShouldBeNull(because);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("eu-central-1.evil.example/")]
    [InlineData("EU")]
    public void VerdictFor_NoUsableRegion_IsAWrongEndpoint(string? region) =>
        (new BedrockProvider().VerdictFor(Instance with { Region = region })?.Reason).ShouldBe(VerdictReason.WrongEndpoint);
}
