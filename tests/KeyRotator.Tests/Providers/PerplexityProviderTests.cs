using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class PerplexityProviderTests : KeyProviderContract
{
    private const string Unauthorized = "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>openresty/1.27</center>\r\n</body>\r\n</html>";

    public override IKeyProvider Provider { get; } = new PerplexityProvider();

    protected override string ProbeUrl => "https://api.perplexity.ai/v1/models";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok(
            "list", """{"object":"list","data":[{"id":"sonar","object":"model"}]}""",
            "docs.perplexity.ai gateway-models-get, 2026-08"),
        ProbeRow.Rejected(
            "bad key", 401, """{"error":{"message":"Invalid API key provided.","type":"invalid_api_key","code":401}}""", VerdictReason.Invalid,
            "published client tests, 2026-09"),
        ProbeRow.Rejected(
            "bad key, page", 401, Unauthorized, VerdictReason.Invalid,
            "maruel/genai recording, 2026-08") with { MediaType = "text/html", IsTransient = true },
        ProbeRow.Inconclusive(
            "another server's page", 401, Unauthorized.Replace("openresty/1.27", "nginx"), VerdictReason.EdgeBlocked,
            "own rule") with { MediaType = "text/html" },
        ProbeRow.Inconclusive(
            "a gateway's page", 401, Unauthorized, VerdictReason.EdgeBlocked,
            "own rule: any openresty with a password sends it") with
        {
            MediaType = "text/html",
            Instance = new ProviderInstance { Name = "gateway", Kind = "perplexity", BaseUrl = new Uri("https://gateway.example") },
        },
        ProbeRow.Accepted(
            "no credit", 401, """{"error":{"message":"…","type":"insufficient_quota","code":401}}""", VerdictReason.NoFunds,
            "unconfirmed"),
        ProbeRow.Accepted(
            "throttled, authenticated", 429, """{"error":{"message":"…"}}""", VerdictReason.Throttled,
            "published client code, 2026-08") with
        {
            Headers = new Dictionary<string, string> { ["x-ratelimit-limit-req-minute"] = "50" },
        },
    ];

    [Fact]
    public void Classify_List_IsNotWhole() => ClassifyOk("""{"object":"list","data":[{"id":"sonar"}]}""").Models!.IsWhole.ShouldBeFalse();
}
