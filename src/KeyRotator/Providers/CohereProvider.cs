using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Cohere, probed with its model list.</summary>
internal sealed partial class CohereProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.cohere.com";

    public string Kind => "cohere";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Cohere",
        Variables = ["CO_API_KEY", "COHERE_API_KEY"],
        BaseUrlVariable = "CO_API_URL",
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://dashboard.cohere.com/api-keys",
        RevokeKeyUrl = "https://dashboard.cohere.com/api-keys",
        Formats = [new("api", ApiKey(), IsDistinctive: false, random => MadeUp.Text(random, MadeUp.LettersAndDigits, 40))],
        Probe = "GET /v1/models?page_size=1000",
        DeadAnswers =
        [
            "401 or 403 whose message is \"invalid api token\": invalid",
            "401 whose message says that the key has expired: expired",
        ],
        Notes =
        [
            "A trial key has 1,000 calls a month, and probes may count: probed every six hours at most.",
            "A 498 is about a token of the content, not about the key.",
        ],
        LeastCheckEvery = TimeSpan.FromHours(6),
        Sources =
        [
            "maruel/genai recordings of GET /v1/models, 2026-08",
            "cohere-ai/cohere-developer-experience cohere-openapi.yaml and errors.mdx, 2026-08",
            "cohere-ai/cohere-python client.py, 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/v1/models?page_size=1000").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when ModelLists.Read(answer.At("models"), string.IsNullOrEmpty(answer.Text("next_page_token")), ReadModel) is { } list =>
            ProbeVerdict.Ok(list),
        401 or 403 when answer.Text("message") == "invalid api token" => ProbeVerdict.Rejected(VerdictReason.Invalid, "invalid api token"),
        401 when answer.Says("API key has expired", "message") =>
            ProbeVerdict.Rejected(VerdictReason.Expired, null, "The trial key has expired."),
        402 when answer.Text("message") is not null => ProbeVerdict.Accepted(VerdictReason.NoFunds, null),
        429 when answer.Says("using a Trial key", "message") =>
            ProbeVerdict.Accepted(VerdictReason.Throttled, null, "The trial key's limit is reached."),
        498 => ProbeVerdict.Inconclusive(VerdictReason.UnexpectedBody, hint: "A 498 is about a token of the content, not about the key."),
        499 => ProbeVerdict.Inconclusive(VerdictReason.ProviderError),
        _ => CommonAnswers.Classify(answer),
    };

    private static ListedModel? ReadModel(JsonElement model) => model.Text("name"u8) is { } name
        ? new ListedModel(name, [], model.Member("is_deprecated"u8) is { ValueKind: JsonValueKind.True })
        : null;

    [GeneratedRegex(@"\A[A-Za-z0-9]{40}\z")]
    private static partial Regex ApiKey();
}
