using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Anthropic, probed with its model list; admin keys with the list of API keys.</summary>
internal sealed partial class AnthropicProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.anthropic.com";
    private const string Admin = "admin";
    private const string OAuth = "oauth";

    public string Kind => "anthropic";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Anthropic",
        Variables = ["ANTHROPIC_API_KEY"],
        BaseUrlVariable = "ANTHROPIC_BASE_URL",
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://platform.claude.com/settings/keys",
        RevokeKeyUrl = "https://platform.claude.com/settings/keys",
        Formats =
        [
            new("api", ApiKey(), IsDistinctive: true, random => $"sk-ant-api03-{MadeUp.Text(random, MadeUp.UrlSafe, 93)}AA"),
            new(Admin, AdminKey(), IsDistinctive: true, random => $"sk-ant-admin01-{MadeUp.Text(random, MadeUp.UrlSafe, 93)}AA"),
            new(OAuth, OAuthToken(), IsDistinctive: true, random => $"sk-ant-oat01-{MadeUp.Text(random, MadeUp.UrlSafe, 93)}AA"),
        ],
        Probe = "GET /v1/models?limit=1000; admin keys: GET /v1/organizations/api_keys?limit=1",
        DeadAnswers =
        [
            "401 with error.type authentication_error: invalid (also revoked or expired)",
            "404 with error.type not_found_error from the vendor's own host: invalid (three answers over ten minutes)",
            "400 that says the organization has been disabled: account blocked",
        ],
        Notes =
        [
            "Keys may carry an expiry date, which only the admin API tells.",
            "A personal key dies when its owner leaves the organization.",
            "OAuth tokens (sk-ant-oat) are short-lived and are never rejected here: use an API key.",
        ],
        KeysCanExpire = true,
        Sources =
        [
            "maruel/genai recordings of GET /v1/models, 2026-08",
            "platform.claude.com/docs/en/api/errors, 2026-08",
            "platform.claude.com/docs/en/get-api-key, 2026-08",
            "trufflesecurity/trufflehog anthropic.go (404), 2026-08", "anthropics/claude-code issues 8327, 54311, 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance)
    {
        var path = AdminKey().IsMatch(key.Reveal()) ? "/v1/organizations/api_keys?limit=1" : "/v1/models?limit=1000";
        var request = ProbeRequest.Get(instance, BaseUrl, path).With("anthropic-version", "2023-06-01");
        return OAuthToken().IsMatch(key.Reveal()) ? request.WithBearer(key) : request.WithKey("x-api-key", key.Reveal());
    }

    public ProbeVerdict Classify(ProbeAnswer answer) =>
        answer.Status == 200 ? ClassifyOk(answer) : ClassifyRefusal(answer, answer.Text("error", "type"));

    private static ProbeVerdict ClassifyOk(ProbeAnswer answer)
    {
        var isWhole = answer.At("has_more") is not { ValueKind: JsonValueKind.True };
        return ModelLists.ReadOpenAi(answer, isWhole) is { } list
            ? ProbeVerdict.Ok(answer.KeyFormat == Admin ? null : list, Account(answer))
            : CommonAnswers.Classify(answer);
    }

    private static ProbeVerdict ClassifyRefusal(ProbeAnswer answer, string? type) => (answer.Status, type) switch
    {
        (401 or 404, "authentication_error" or "not_found_error") when answer.KeyFormat == OAuth => ProbeVerdict.Inconclusive(
            VerdictReason.WrongEndpoint, null, "OAuth tokens are short-lived and cannot be proven this way; use an API key."),
        (401, "authentication_error") when answer.Text("type") == "error" =>
            ProbeVerdict.Rejected(VerdictReason.Invalid, "authentication_error"),
        (404, "not_found_error") when CommonAnswers.IsVendors(answer, BaseUrl) =>
            ProbeVerdict.Rejected(VerdictReason.Invalid, "not_found_error").AsTransient(),
        (400, "invalid_request_error") when answer.Says("organization has been disabled", "error", "message") =>
            ProbeVerdict.Rejected(VerdictReason.AccountBlocked, "invalid_request_error", "The organization is disabled."),
        (400, "invalid_request_error") when answer.Says("credit balance is too low", "error", "message") =>
            ProbeVerdict.Accepted(VerdictReason.NoFunds, "invalid_request_error"),
        (402, "billing_error") => ProbeVerdict.Accepted(VerdictReason.NoFunds, "billing_error"),
        (403, "permission_error") => ProbeVerdict.Accepted(VerdictReason.Restricted, "permission_error"),
        (403, "forbidden") => ProbeVerdict.Inconclusive(
            VerdictReason.CallerBlocked, "forbidden", "Requests from this host's country or network are not let in."),
        _ => CommonAnswers.Classify(answer, "anthropic-ratelimit-", "anthropic-organization-id", "anthropic-workspace-id"),
    };

    private static string? Account(ProbeAnswer answer) =>
        WireValues.Id(answer.Header("anthropic-workspace-id")) ?? WireValues.Id(answer.Header("anthropic-organization-id"));

    [GeneratedRegex(@"\Ask-ant-api[0-9]{2}-[A-Za-z0-9_-]{80,120}\z")]
    private static partial Regex ApiKey();

    [GeneratedRegex(@"\Ask-ant-admin[0-9]{2}-[A-Za-z0-9_-]{80,120}\z")]
    private static partial Regex AdminKey();

    [GeneratedRegex(@"\Ask-ant-oat[0-9]{2}-[A-Za-z0-9_-]{20,}\z")]
    private static partial Regex OAuthToken();
}
