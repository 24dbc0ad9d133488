using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class CohereProviderTests : KeyProviderContract
{
    private const string Recorded = "maruel/genai recording, 2026-08";
    private const string Errors = "cohere errors.mdx, 2026-08";

    public override IKeyProvider Provider { get; } = new CohereProvider();

    protected override string ProbeUrl => "https://api.cohere.com/v1/models?page_size=1000";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("list", """{"models":[{"name":"command-x","endpoints":["chat"]}]}""", Recorded),
        ProbeRow.Rejected("bad key", 401, """{"id":"1","message":"invalid api token"}""", VerdictReason.Invalid, Recorded),
        ProbeRow.Rejected(
            "bad key as 403", 403, """{"id":"1","message":"invalid api token"}""", VerdictReason.Invalid,
            "cohere-openapi.yaml, 2026-08"),
        ProbeRow.Rejected(
            "trial key expired", 401, """{"message":"Your API key has expired. Please create a production key."}""", VerdictReason.Expired,
            Errors),
        ProbeRow.Inconclusive("key did not arrive", 401, """{"message":"no api key supplied"}""", VerdictReason.UnexpectedBody, Errors),
        ProbeRow.Inconclusive(
            "permission", 403, """{"message":"user lacks permissions"}""", VerdictReason.UnexpectedBody,
            "cohere-openapi.yaml, 2026-08"),
        ProbeRow.Accepted("billing", 402, """{"message":"Maximum billing reached for this API key."}""", VerdictReason.NoFunds, Errors),
        ProbeRow.Accepted(
            "trial limit", 429, """{"message":"You are using a Trial key, which is limited to 1000 API calls / month."}""", VerdictReason.Throttled,
            Errors),
        ProbeRow.Inconclusive(
            "deny-listed content", 498, """{"message":"the request contains a deny-listed token"}""", VerdictReason.UnexpectedBody,
            "cohere-openapi.yaml, 2026-08"),
        ProbeRow.Inconclusive("cancelled", 499, """{"message":"…"}""", VerdictReason.ProviderError, "cohere-openapi.yaml, 2026-08"),
    ];

    [Fact]
    public void Classify_PagedList_IsNotWhole()
    {
        var models = ClassifyOk("""{"models":[{"name":"a","is_deprecated":true}],"next_page_token":"x"}""").Models.ShouldNotBeNull();

        models.IsWhole.ShouldBeFalse();
        models.Models[0].IsDeprecated.ShouldBeTrue();
    }
}
