using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class AnthropicProviderTests : KeyProviderContract
{
    private const string Recorded = "maruel/genai recording, 2026-08";
    private const string Errors = "platform.claude.com/docs/en/api/errors, 2026-08";

    public override IKeyProvider Provider { get; } = new AnthropicProvider();

    protected override string ProbeUrl => "https://api.anthropic.com/v1/models?limit=1000";

    protected override string KeyHeader => "x-api-key";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok(
            "list", """{"data":[{"type":"model","id":"claude-x","display_name":"Claude X"}],"has_more":false,"first_id":"a","last_id":"a"}""",
            Recorded),
        ProbeRow.Rejected("bad key", 401, Error("authentication_error", "invalid x-api-key"), VerdictReason.Invalid, Recorded),
        ProbeRow.Inconclusive(
            "authentication error without the wrapper", 401, """{"error":{"type":"authentication_error","message":"…"}}""", VerdictReason.UnexpectedBody,
            "own rule: not the vendor's shape"),
        ProbeRow.Inconclusive(
            "OAuth token", 401, Error("authentication_error"), VerdictReason.WrongEndpoint,
            "own rule: tokens are short-lived") with { Format = "oauth" },
        ProbeRow.Rejected(
            "key not found", 404, Error("not_found_error"), VerdictReason.Invalid,
            "trufflehog anthropic.go, 2026-08") with { IsTransient = true },
        ProbeRow.Inconclusive(
            "not found at a proxy", 404, Error("not_found_error"), VerdictReason.WrongEndpoint,
            "own rule: the proxy may lack the path") with
        {
            Instance = new ProviderInstance { Name = "proxy", Kind = "anthropic", BaseUrl = new Uri("https://proxy.example") },
        },
        ProbeRow.Accepted("permission", 403, Error("permission_error"), VerdictReason.Restricted, Errors),
        ProbeRow.Inconclusive(
            "country or edge", 403, """{"error":{"type":"forbidden","message":"Request not allowed"}}""", VerdictReason.CallerBlocked,
            "enricoros/big-AGI issue 176, 2026-08"),
        ProbeRow.Rejected(
            "organization disabled", 400, Error(
                "invalid_request_error", "This organization has been disabled."), VerdictReason.AccountBlocked,
            "anthropics/claude-code issue 8327, 2026-08"),
        ProbeRow.Accepted(
            "no credit", 400, Error(
                "invalid_request_error", "Your credit balance is too low to access the Anthropic API."), VerdictReason.NoFunds,
            "anthropics/claude-code issues, 2026-08"),
        ProbeRow.Inconclusive("another 400", 400, Error("invalid_request_error", "limit: too large"), VerdictReason.UnexpectedBody, Errors),
        ProbeRow.Accepted("billing", 402, Error("billing_error"), VerdictReason.NoFunds, Errors),
        ProbeRow.Inconclusive("throttled", 429, Error("rate_limit_error"), VerdictReason.Throttled, Errors),
        ProbeRow.Accepted("throttled, authenticated", 429, Error("rate_limit_error"), VerdictReason.Throttled, Recorded) with
        {
            Headers = new Dictionary<string, string> { ["anthropic-ratelimit-requests-limit"] = "50" },
        },
        ProbeRow.Inconclusive("overloaded", 529, Error("overloaded_error"), VerdictReason.ProviderError, Errors),
    ];

    [Fact]
    public void Classify_WorkspaceHeader_IsTheAccount() =>
        ClassifyOk("""{"data":[],"has_more":false}""", null, ("anthropic-workspace-id", "wrkspc_01")).Account.ShouldBe("wrkspc_01");

    [Theory]
    [InlineData("false", true)]
    [InlineData("true", false)]
    public void Classify_HasMore_TellsWhetherTheListIsWhole(string hasMore, bool isWhole) =>
        ClassifyOk($$"""{"data":[{"id":"claude-x"}],"has_more":{{hasMore}}}""").Models!.IsWhole.ShouldBe(isWhole);

    [Fact]
    public void CreateProbe_Always_NamesTheApiVersion()
    {
        using var request = Provider.CreateProbe(MadeUpKey(), Instance);

        request.Headers.GetValues("anthropic-version").ShouldBe(["2023-06-01"]);
    }

    [Fact]
    public void CreateProbe_AdminKey_AsksForApiKeys()
    {
        using var request = Provider.CreateProbe(MadeUpKey("admin"), Instance);

        request.RequestUri!.AbsoluteUri.ShouldBe("https://api.anthropic.com/v1/organizations/api_keys?limit=1");
    }

    [Fact]
    public void CreateProbe_OAuthToken_GoesAsBearer()
    {
        using var request = Provider.CreateProbe(MadeUpKey("oauth"), Instance);

        request.Headers.Contains("x-api-key").ShouldBeFalse();
        request.Headers.Authorization!.Scheme.ShouldBe("Bearer");
    }

    private static string Error(string type, string message = "…") =>
        $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"},"request_id":"req_1"}""";
}
