using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class MistralProviderTests : KeyProviderContract
{
    private const string Recorded = "maruel/genai recording, 2026-08";

    public override IKeyProvider Provider { get; } = new MistralProvider();

    protected override string ProbeUrl => "https://api.mistral.ai/v1/models";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok(
            "list", """{"object":"list","data":[{"id":"mistral-small-2603","aliases":["mistral-small-latest"],"deprecation":null}]}""",
            Recorded),
        ProbeRow.Ok("bare list", """[{"id":"mistral-small-2603"}]""", "mistralai/platform-docs-public example, 2026-08"),
        ProbeRow.Rejected("bad key", 401, """{"detail":"Unauthorized"}""", VerdictReason.Invalid, Recorded),
        ProbeRow.Rejected(
            "bad key, second form", 401, """{"message":"Unauthorized","request_id":"1"}""", VerdictReason.Invalid,
            "cline/cline issue 1734, 2026-08"),
        ProbeRow.Inconclusive(
            "any gateway's 401", 401, """{"message":"Unauthorized"}""", VerdictReason.UnexpectedBody,
            "own rule: every Kong and AWS gateway says so"),
        ProbeRow.Accepted(
            "permission", 403, """{"object":"error","message":"…","type":"forbidden","param":null,"code":"1"}""", VerdictReason.Restricted,
            "mistralai error-glossary.md, 2026-08"),
        ProbeRow.Accepted(
            "no allowance", 429, """{"message":"Rate limit exceeded","type":"rate_limited","code":"1300"}""", VerdictReason.NoFunds,
            "published client tests, 2026-09") with
        {
            Headers = new Dictionary<string, string> { ["x-ratelimit-limit-req-minute"] = "0" },
        },
        ProbeRow.Accepted("throttled, authenticated", 429, """{"message":"Rate limit exceeded"}""", VerdictReason.Throttled, Recorded) with
        {
            Headers = new Dictionary<string, string> { ["x-ratelimit-limit-req-60-second"] = "60" },
        },
        ProbeRow.Inconclusive(
            "throttled", 429, """{"message":"Rate limit exceeded","type":"rate_limited","code":"1300"}""", VerdictReason.Throttled,
            "litellm exception_mapping_utils.py, 2026-08"),
    ];

    [Fact]
    public void Classify_List_ReadsAliasesAndDeprecation()
    {
        var model = ClassifyOk("""{"data":[{"id":"m-1","aliases":["m-latest","m"],"deprecation":"2026-08-31T12:00:00Z","deprecation_replacement_model":"m-2"}]}""").Models!.Models[0];

        model.Aliases.ShouldBe(["m-latest", "m"]);
        (model.IsDeprecated, model.Replacement).ShouldBe((true, "m-2"));
        model.ShutdownAt.ShouldBe(new DateTimeOffset(2026, 8, 31, 12, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void Classify_ReplacementThatIsNoId_IsDropped() =>
        ClassifyOk("""{"data":[{"id":"m-1","deprecation":"2026-08-31T12:00:00Z","deprecation_replacement_model":"write to us!"}]}""").Models!.Models[0].Replacement.ShouldBeNull();
}
