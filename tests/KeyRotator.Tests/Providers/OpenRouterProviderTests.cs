using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class OpenRouterProviderTests : KeyProviderContract
{
    private const string Spec = "OpenRouterTeam/typescript-sdk OpenAPI, 2026-08";

    public override IKeyProvider Provider { get; } = new OpenRouterProvider();

    protected override string ProbeUrl => "https://openrouter.ai/api/v1/key";

    protected override IReadOnlyList<string> PublicLists => ["https://openrouter.ai/api/v1/models"];

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("record", Record("null", "null"), Spec),
        ProbeRow.Accepted("limit used up", 200, Record("0", "null"), VerdictReason.NoFunds, Spec),
        ProbeRow.Accepted("management key", 200, Record("5.5", "null", "true"), VerdictReason.Restricted, Spec),
        ProbeRow.Rejected(
            "unknown key", 401, """{"error":{"code":401,"message":"User not found."}}""", VerdictReason.Invalid,
            "RooCodeInc/Roo-Code issue 2445, 2026-08"),
        ProbeRow.Rejected(
            "malformed key", 401, """{"error":{"code":401,"message":"Missing Authentication header"}}""", VerdictReason.Invalid,
            "maruel/genai recording, 2026-08") with { IsTransient = true },
        ProbeRow.Inconclusive(
            "code as text", 401, """{"error":{"code":"401","message":"User not found."}}""", VerdictReason.UnexpectedBody,
            "own rule: not the vendor's shape"),
        ProbeRow.Accepted("no credits", 402, """{"error":{"code":402,"message":"Insufficient credits."}}""", VerdictReason.NoFunds, Spec),
        ProbeRow.Accepted(
            "no management key", 403, """{"error":{"code":403,"message":"Only management keys can perform this operation"}}""", VerdictReason.Restricted,
            Spec),
    ];

    [Fact]
    public void Classify_Record_TellsExpiryAndCreator()
    {
        var verdict = ClassifyOk(Record("null", "\"2027-01-31T10:00:00Z\""));

        verdict.ExpiresAt.ShouldBe(new DateTimeOffset(2027, 1, 31, 10, 0, 0, TimeSpan.Zero));
        verdict.Account.ShouldBe("user_1");
        verdict.ToString().ShouldNotContain("sk-or-v1");
    }

    private static string Record(string remaining, string expiresAt, string isManagementKey = "false") =>
        $$$"""{"data":{"label":"sk-or-v1-abc...def","limit":null,"limit_remaining":{{{remaining}}},"usage":0.25,"is_management_key":{{{isManagementKey}}},"creator_user_id":"user_1","expires_at":{{{expiresAt}}}}}""";
}
