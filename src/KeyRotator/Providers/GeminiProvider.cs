using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Google Gemini (Generative Language API), probed with its model list. <c>details[].reason</c> decides: 400 and 403 alone mean
/// many things.</summary>
internal sealed partial class GeminiProvider : IKeyProvider
{
    private const string BaseUrl = "https://generativelanguage.googleapis.com";
    private const string NamePrefix = "models/";
    private const string Standard = "standard";
    private const string Auth = "auth";

    public string Kind => "gemini";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Google Gemini",
        Variables = ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        BaseUrlVariable = "GOOGLE_GEMINI_BASE_URL",
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://aistudio.google.com/apikey",
        RevokeKeyUrl = "https://aistudio.google.com/apikey",
        Formats =
        [
            new(Auth, AuthKey(), IsDistinctive: true, random => "AQ.Ab8RN6" + MadeUp.Text(random, MadeUp.UrlSafe, 44)),
            new(Standard, StandardKey(), IsDistinctive: true, random => "AIzaSy" + MadeUp.Text(random, MadeUp.UrlSafe, 33)),
        ],
        Probe = "GET /v1beta/models?pageSize=1000",
        DeadAnswers =
        [
            "400 with reason API_KEY_INVALID: invalid or expired (three answers over ten minutes)",
            "401 with reason ACCESS_TOKEN_TYPE_UNSUPPORTED for a key of a known format: invalid (three answers over ten minutes)",
            "403 that says the key was reported as leaked: leaked",
            "403 with reason CONSUMER_SUSPENDED: account blocked",
        ],
        Notes =
        [
            "Standard keys (AIza) are being switched off: replace them by auth keys (AQ.).",
            "A 200 proves the key, not that it may generate: some auth keys list models and are refused elsewhere.",
            "Where both variables are set, Google's SDK takes GOOGLE_API_KEY.",
        ],
        Sources =
        [
            "maruel/genai recordings of GET /v1beta/models, 2026-08",
            "googleapis google/api/error_reason.proto, 2026-08",
            "ai.google.dev/gemini-api/docs/api-key, 2026-08",
            "continuedev/continue issues 11336, 11541, 2026-08",
            "google-gemini/gemini-cli issues 25198, 28538, 2026-08",
            "google/generative-ai-docs issue 356, 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/v1beta/models?pageSize=1000").WithKey("x-goog-api-key", key.Reveal());

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status == 200 ? ClassifyOk(answer) : ClassifyRefusal(answer, Reason(answer));

    private static ProbeVerdict ClassifyOk(ProbeAnswer answer)
    {
        var isWhole = string.IsNullOrEmpty(answer.Text("nextPageToken"));
        return ModelLists.Read(answer.At("models"), isWhole, ReadModel) is { } list
            ? ProbeVerdict.Ok(list)
            : CommonAnswers.Classify(answer);
    }

    private static ProbeVerdict ClassifyRefusal(ProbeAnswer answer, string? reason) => (answer.Status, reason) switch
    {
        (400, "API_KEY_INVALID") => Invalid(answer),
        (400, _) when HasStatus(answer, "FAILED_PRECONDITION") && answer.Says("location is not supported", "error", "message") =>
            ProbeVerdict.Inconclusive(
                VerdictReason.CallerBlocked, "FAILED_PRECONDITION", "Requests from this host's country are not let in."),
        (401, "ACCESS_TOKEN_TYPE_UNSUPPORTED") => Unsupported(answer),
        (403, _) when HasStatus(answer, "PERMISSION_DENIED") && answer.Says("reported as leaked", "error", "message") =>
            ProbeVerdict.Rejected(VerdictReason.Leaked, "PERMISSION_DENIED", "Google has the key on record as leaked."),
        (403, "CONSUMER_SUSPENDED") =>
            ProbeVerdict.Rejected(VerdictReason.AccountBlocked, "CONSUMER_SUSPENDED", "The key's project is suspended."),
        (403, "API_KEY_SERVICE_BLOCKED") => Restricted("API_KEY_SERVICE_BLOCKED", "The key is not allowed to call the Gemini API."),
        (403, "API_KEY_HTTP_REFERRER_BLOCKED") => Restricted("API_KEY_HTTP_REFERRER_BLOCKED", "The key is bound to web pages."),
        (403, "API_KEY_IP_ADDRESS_BLOCKED") => Restricted("API_KEY_IP_ADDRESS_BLOCKED", "The key is bound to other addresses."),
        (403, "API_KEY_ANDROID_APP_BLOCKED") => Restricted("API_KEY_ANDROID_APP_BLOCKED", "The key is bound to Android apps."),
        (403, "API_KEY_IOS_APP_BLOCKED") => Restricted("API_KEY_IOS_APP_BLOCKED", "The key is bound to iOS apps."),
        (403, "SERVICE_DISABLED") => Restricted("SERVICE_DISABLED", "The Gemini API is switched off in the key's project."),
        (403, "BILLING_DISABLED") =>
            ProbeVerdict.Accepted(VerdictReason.NoFunds, "BILLING_DISABLED", "Billing is switched off in the key's project."),
        (403, "CONSUMER_INVALID") =>
            ProbeVerdict.Inconclusive(VerdictReason.UnexpectedBody, "CONSUMER_INVALID", "The key's project cannot be found."),
        _ => CommonAnswers.Classify(answer),
    };

    private static ProbeVerdict Invalid(ProbeAnswer answer)
    {
        var reason = answer.Says("expired", "error", "message") ? VerdictReason.Expired : VerdictReason.Invalid;
        return ProbeVerdict.Rejected(reason, "API_KEY_INVALID").AsTransient();
    }

    private static ProbeVerdict Unsupported(ProbeAnswer answer) => answer.KeyFormat switch
    {
        Standard => ProbeVerdict
            .Rejected(VerdictReason.Invalid, "ACCESS_TOKEN_TYPE_UNSUPPORTED", "Standard keys (AIza) are no longer taken: create another.")
            .AsTransient(),
        Auth => ProbeVerdict.Rejected(VerdictReason.Invalid, "ACCESS_TOKEN_TYPE_UNSUPPORTED").AsTransient(),
        _ => ProbeVerdict.Inconclusive(
            VerdictReason.WrongEndpoint, "ACCESS_TOKEN_TYPE_UNSUPPORTED", "The value does not look like a Gemini key."),
    };

    private static ProbeVerdict Restricted(string code, string hint) => ProbeVerdict.Accepted(VerdictReason.Restricted, code, hint);

    private static bool HasStatus(ProbeAnswer answer, string status) => answer.Text("error", "status") == status;

    private static string? Reason(ProbeAnswer answer)
    {
        if (answer.At("error", "details") is not { ValueKind: JsonValueKind.Array } details)
        {
            return null;
        }

        foreach (var detail in details.EnumerateArray())
        {
            if (detail.Text("reason"u8) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    // Requests take a model's name with or without "models/", so both name the same model.
    private static ListedModel? ReadModel(JsonElement model) =>
        model.Text("name"u8) is not { } name ? null
        : name.StartsWith(NamePrefix, StringComparison.Ordinal) ? new ListedModel(name[NamePrefix.Length..], [name])
        : new ListedModel(name, []);

    [GeneratedRegex(@"\AAQ\.Ab8RN6[A-Za-z0-9_-]{44}\z")]
    private static partial Regex AuthKey();

    [GeneratedRegex(@"\AAIza[A-Za-z0-9_-]{35}\z")]
    private static partial Regex StandardKey();
}
