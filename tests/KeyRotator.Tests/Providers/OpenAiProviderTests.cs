using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class OpenAiProviderTests : KeyProviderContract
{
    private const string Recorded = "maruel/genai recording, 2026-08";
    private const string Keychecker = "cunnymessiah/keychecker OpenAI.py, 2026-08";

    public override IKeyProvider Provider { get; } = new OpenAiProvider();

    protected override string ProbeUrl => "https://api.openai.com/v1/models";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok(
            "list", """{"object":"list","data":[{"id":"gpt-5","object":"model","created":1,"owned_by":"system","shutdown_date":null}]}""",
            Recorded),
        ProbeRow.Rejected(
            "bad key", 401, Error("invalid_api_key", "invalid_request_error", "Incorrect API key provided: bad."), VerdictReason.Invalid,
            Recorded),
        ProbeRow.Accepted(
            "no scope on the list", 403, """{"error":{"message":"You have insufficient permissions for this operation. Missing scopes: api.model.read.","type":"invalid_request_error","param":null,"code":null}}""", VerdictReason.Restricted,
            "trufflehog openai/scopes.go, 2026-08"),
        ProbeRow.Accepted(
            "no scope elsewhere", 401, """{"error":{"message":"You have insufficient permissions for this operation.","type":"invalid_request_error","param":null,"code":null}}""", VerdictReason.Restricted,
            Recorded),
        ProbeRow.Accepted(
            "unknown 401 with rate headers", 401, """{"error":{"message":"Something new.","type":"invalid_request_error","param":null,"code":null}}""", VerdictReason.Restricted,
            Recorded) with
        {
            Headers = new Dictionary<string, string> { ["x-ratelimit-limit-requests"] = "500" },
        },
        ProbeRow.Inconclusive(
            "unknown 401 with a gateway's rate headers", 401, """{"error":{"message":"Something new."}}""", VerdictReason.UnexpectedBody,
            "own rule: a gateway's headers prove nothing") with
        {
            Headers = new Dictionary<string, string> { ["x-ratelimit-limit-requests"] = "500" },
            Instance = new ProviderInstance { Name = "gateway", Kind = "openai", BaseUrl = new Uri("https://gateway.example/v1") },
        },
        ProbeRow.Accepted(
            "project lacks the model", 403, Error("model_not_found", "invalid_request_error"), VerdictReason.Restricted,
            "cursor/cursor issue 2953, 2026-08"),
        ProbeRow.Inconclusive(
            "address not on the list", 401, """{"error":{"message":"IP not authorized","type":"invalid_request_error","code":null}}""", VerdictReason.CallerBlocked,
            "mirror of the vendor's error-codes page, 2026-08"),
        ProbeRow.Rejected(
            "no member", 401, """{"error":{"message":"You must be a member of an organization to use the API","type":"invalid_request_error","code":null}}""", VerdictReason.AccountBlocked,
            "mirror of the vendor's error-codes page, 2026-08"),
        ProbeRow.Inconclusive(
            "no member of the named organization", 401, """{"error":{"message":"You must be a member of an organization to use the API"}}""", VerdictReason.WrongEndpoint,
            "mirror of the vendor's error-codes page, 2026-08") with
        {
            Instance = new ProviderInstance { Name = "openai", Kind = "openai", Organization = "org-1" },
        },
        ProbeRow.Inconclusive(
            "country", 403, Error("unsupported_country_region_territory", "request_forbidden"), VerdictReason.CallerBlocked,
            "published client tests, 2026-08"),
        ProbeRow.Accepted("no quota", 429, Error("insufficient_quota", "insufficient_quota"), VerdictReason.NoFunds, Keychecker),
        ProbeRow.Inconclusive("throttled", 429, Error("rate_limit_exceeded", "requests"), VerdictReason.Throttled, "unconfirmed"),
        ProbeRow.Accepted("throttled, authenticated", 429, Error("rate_limit_exceeded", "requests"), VerdictReason.Throttled, Recorded) with
        {
            Headers = new Dictionary<string, string> { ["openai-organization"] = "org-1" },
        },
        ProbeRow.Rejected("billing off", 429, Error(null, "billing_not_active"), VerdictReason.AccountBlocked, Keychecker),
        ProbeRow.Rejected("terminated", 403, Error(null, "access_terminated"), VerdictReason.AccountBlocked, Keychecker),
        ProbeRow.Rejected(
            "deactivated", 401, Error("account_deactivated", "invalid_request_error"), VerdictReason.AccountBlocked,
            "unconfirmed") with { IsTransient = true },
        ProbeRow.Inconclusive(
            "documented shape, unknown code", 401, Error("something_new", "invalid_request_error"), VerdictReason.UnexpectedBody,
            "own rule"),
    ];

    [Fact]
    public void Classify_ListWithShutdownDates_ReadsThem()
    {
        var verdict = ClassifyOk(
            """{"object":"list","data":[{"id":"gpt-4","shutdown_date":"2026-10-23"},{"id":"gpt-5","shutdown_date":null}]}""");

        verdict.Models.ShouldNotBeNull().IsWhole.ShouldBeTrue();
        verdict.Models.Models[0].ShouldBe(new ListedModel("gpt-4", [], true, new DateTimeOffset(2026, 10, 23, 0, 0, 0, TimeSpan.Zero)));
        verdict.Models.Models[1].IsDeprecated.ShouldBeFalse();
    }

    [Theory]
    [InlineData("org-abc", "org-abc")]
    [InlineData("some one@example.org", null)]
    public void Classify_OrganizationHeader_IsTheAccountWhereItIsAnId(string header, string? account) =>
        ClassifyOk("""{"object":"list","data":[]}""", null, ("openai-organization", header)).Account.ShouldBe(account);

    [Fact]
    public void CreateProbe_AdminKey_AsksForAdminKeys()
    {
        using var request = Provider.CreateProbe(MadeUpKey("admin"), Instance);

        request.RequestUri!.AbsoluteUri.ShouldBe("https://api.openai.com/v1/organization/admin_api_keys?limit=1");
    }

    [Fact]
    public void Classify_AdminKeysList_IsNoModelList() =>
        ClassifyOk("""{"object":"list","data":[{"object":"organization.admin_api_key","id":"key_1","redacted_value":"sk-admin...x"}]}""", "admin").Models.ShouldBeNull();

    [Fact]
    public void CreateProbe_OrganizationAndProject_AreSent()
    {
        var instance = Instance with { Organization = "org-1", Project = "proj_1" };
        using var request = Provider.CreateProbe(MadeUpKey(), instance);

        request.Headers.GetValues("OpenAI-Organization").ShouldBe(["org-1"]);
        request.Headers.GetValues("OpenAI-Project").ShouldBe(["proj_1"]);
    }

    private static string Error(string? code, string type, string message = "…") =>
        $$$"""{"error":{"message":"{{{message}}}","type":"{{{type}}}","param":null,"code":{{{(code is null ? "null" : $"\"{code}\"")}}}}}""";
}
