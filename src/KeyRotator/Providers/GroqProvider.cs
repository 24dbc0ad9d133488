using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Groq, probed with its model list.</summary>
internal sealed partial class GroqProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.groq.com";

    public string Kind => "groq";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Groq",
        Variables = ["GROQ_API_KEY"],
        BaseUrlVariable = "GROQ_BASE_URL",
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://console.groq.com/keys",
        RevokeKeyUrl = "https://console.groq.com/keys",
        Formats = [new("api", ApiKey(), IsDistinctive: true, random => "gsk_" + MadeUp.Text(random, MadeUp.LettersAndDigits, 52))],
        Probe = "GET /openai/v1/models",
        DeadAnswers =
        [
            "401 with error.code invalid_api_key: invalid",
            "400 with error.code organization_restricted: account blocked (three answers over ten minutes)",
        ],
        Notes = ["Limits count per organization.", "The answer organization_restricted is not confirmed by a document."],
        Sources =
        [
            "maruel/genai recordings of GET /openai/v1/models, 2026-08",
            "trufflesecurity/trufflehog groq analyzer, 2026-08",
            "lobehub/lobehub issue 2143 (edge page), 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/openai/v1/models").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when ModelLists.Read(answer.At("data"), isWhole: true, ModelLists.ById, IsActive) is { } list => ProbeVerdict.Ok(list),
        401 when answer.Text("error", "code") == "invalid_api_key" => ProbeVerdict.Rejected(VerdictReason.Invalid, "invalid_api_key"),
        400 when answer.Text("error", "code") == "organization_restricted" =>
            ProbeVerdict.Rejected(
                VerdictReason.AccountBlocked, "organization_restricted", "The organization is restricted.").AsTransient(),
        403 when answer.Text("error", "type") == "permissions_error" =>
            ProbeVerdict.Accepted(VerdictReason.Restricted, "permissions_error"),
        403 when answer.Says("check your network settings", "error", "message") =>
            ProbeVerdict.Inconclusive(VerdictReason.CallerBlocked, hint: "Requests from this host's network are not let in."),
        498 => ProbeVerdict.Inconclusive(VerdictReason.ProviderError, hint: "No flex capacity at the moment."),
        _ => CommonAnswers.Classify(answer, "x-ratelimit-limit-requests"),
    };

    private static bool IsActive(JsonElement model) => model.Member("active"u8) is not { ValueKind: JsonValueKind.False };

    [GeneratedRegex(@"\Agsk_[A-Za-z0-9]{50,54}\z")]
    private static partial Regex ApiKey();
}
