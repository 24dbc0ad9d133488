using System.Text;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Perplexity, probed with its model list. Its genuine bad-key answer is a web page, and only that very page counts.</summary>
internal sealed partial class PerplexityProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.perplexity.ai";

    public string Kind => "perplexity";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Perplexity",
        Variables = ["PERPLEXITY_API_KEY"],
        BaseUrlVariable = "PERPLEXITY_BASE_URL",
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://console.perplexity.ai",
        RevokeKeyUrl = "https://console.perplexity.ai",
        Formats = [new("api", ApiKey(), IsDistinctive: true, random => "pplx-" + MadeUp.Text(random, MadeUp.LettersAndDigits, 48))],
        Probe = "GET /v1/models",
        DeadAnswers =
        [
            "401 with error.type invalid_api_key: invalid",
            "401 with openresty's page \"401 Authorization Required\" from the vendor's own host: invalid (three answers over ten minutes)",
        ],
        Notes =
        [
            "Whether the model list asks for a key is not documented: the negative control tells at run time.",
            "The list is of one API among several, so declared models are not called missing.",
        ],
        Sources =
        [
            "docs.perplexity.ai api-reference gateway-models-get, 2026-08",
            "maruel/genai recordings (HTML 401), 2026-08",
            "published client tests (JSON 401), 2026-09",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/v1/models").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => (answer.Status, answer.Text("error", "type")) switch
    {
        (200, _) when ModelLists.ReadOpenAi(answer, isWhole: false) is { } list => ProbeVerdict.Ok(list),
        (401, "invalid_api_key") => ProbeVerdict.Rejected(VerdictReason.Invalid, "invalid_api_key"),
        (401, "insufficient_quota") => ProbeVerdict.Accepted(VerdictReason.NoFunds, "insufficient_quota"),
        (401, null) when IsBadKeyPage(answer) => ProbeVerdict.Rejected(VerdictReason.Invalid, null).AsTransient(),
        _ => CommonAnswers.Classify(answer, "x-ratelimit-limit-req-"),
    };

    // Any openresty with a password in front of it sends this page, so a gateway's counts for nothing.
    private static bool IsBadKeyPage(ProbeAnswer answer)
    {
        if (answer.MediaType != "text/html" || answer.IsTruncated || !CommonAnswers.IsVendors(answer, BaseUrl))
        {
            return false;
        }

        var page = Encoding.Latin1.GetString(answer.Body.Span);
        return page.Contains("<title>401 Authorization Required</title>", StringComparison.Ordinal)
            && page.Contains(">openresty", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\Applx-[A-Za-z0-9]{48}\z")]
    private static partial Regex ApiKey();
}
