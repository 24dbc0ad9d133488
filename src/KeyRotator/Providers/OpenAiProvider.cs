using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>OpenAI, probed with its model list; admin keys with the list of admin keys. The error code decides, never 401 alone.</summary>
internal sealed partial class OpenAiProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.openai.com/v1";
    private const string Admin = "admin";

    public string Kind => "openai";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "OpenAI",
        Variables = ["OPENAI_API_KEY", "OPENAI_ADMIN_KEY"],
        BaseUrlVariable = "OPENAI_BASE_URL",
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://platform.openai.com/api-keys",
        RevokeKeyUrl = "https://platform.openai.com/api-keys",
        Formats =
        [
            new("project", ProjectKey(), IsDistinctive: true, random => "sk-proj-" + Halves(random, MadeUp.UrlSafe, 74)),
            new(Admin, AdminKey(), IsDistinctive: true, random => "sk-admin-" + Halves(random, MadeUp.UrlSafe, 58)),
            new("legacy", LegacyKey(), IsDistinctive: true, random => "sk-" + Halves(random, MadeUp.LettersAndDigits, 20)),
        ],
        Probe = "GET /v1/models; admin keys: GET /v1/organization/admin_api_keys?limit=1",
        DeadAnswers =
        [
            "401 with error.code invalid_api_key: invalid",
            "401 that asks for membership of an organization: account blocked",
            "account_deactivated, billing_not_active or access_terminated: account blocked",
        ],
        Notes =
        [
            "A key without the scope api.model.read answers 403 and is alive.",
            "The answer account_deactivated is not confirmed by a document: it needs three answers over ten minutes.",
            "Project keys tell no expiry.",
        ],
        Sources =
        [
            "openai/openai-openapi openapi.json, 2026-08",
            "maruel/genai recordings of GET /v1/models, 2026-08",
            "trufflesecurity/trufflehog openai analyzer, 2026-08",
            "cunnymessiah/keychecker OpenAI.py, 2026-08",
            "mirror of the vendor's error-codes page, 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) => ProbeRequest
        .Get(instance, BaseUrl, AdminKey().IsMatch(key.Reveal()) ? "/organization/admin_api_keys?limit=1" : "/models")
        .With("OpenAI-Organization", instance.Organization)
        .With("OpenAI-Project", instance.Project)
        .WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status == 200 ? ClassifyOk(answer) : ClassifyRefusal(answer);

    private static ProbeVerdict ClassifyOk(ProbeAnswer answer)
    {
        var list = answer.Text("object") == "list" ? ModelLists.Read(answer.At("data"), isWhole: true, ReadModel) : null;
        return list is null
            ? CommonAnswers.Classify(answer)
            : ProbeVerdict.Ok(answer.KeyFormat == Admin ? null : list, WireValues.Id(answer.Header("openai-organization")));
    }

    private static ProbeVerdict ClassifyRefusal(ProbeAnswer answer) => answer.Status switch
    {
        401 when answer.Text("error", "code") == "invalid_api_key" => ProbeVerdict.Rejected(VerdictReason.Invalid, "invalid_api_key"),
        401 when answer.Says("must be a member of an organization", "error", "message") => NotAMember(answer),
        401 or 403 when Is(answer, "account_deactivated") =>
            ProbeVerdict.Rejected(VerdictReason.AccountBlocked, "account_deactivated").AsTransient(),
        401 or 403 or 429 when Is(answer, "access_terminated") => ProbeVerdict.Rejected(VerdictReason.AccountBlocked, "access_terminated"),
        401 or 403 or 429 when Is(answer, "billing_not_active") =>
            ProbeVerdict.Rejected(VerdictReason.AccountBlocked, "billing_not_active", "Billing is switched off for the organization."),
        401 when Is(answer, "ip_not_authorized") || answer.Says("IP not authorized", "error", "message") =>
            ProbeVerdict.Inconclusive(
                VerdictReason.CallerBlocked, "ip_not_authorized", "The project's address allow-list does not have this host."),
        403 when Is(answer, "unsupported_country_region_territory") =>
            ProbeVerdict.Inconclusive(VerdictReason.CallerBlocked, "unsupported_country_region_territory"),
        403 when Is(answer, "model_not_found") => ProbeVerdict.Accepted(VerdictReason.Restricted, "model_not_found"),
        401 or 403 when IsRestricted(answer) =>
            ProbeVerdict.Accepted(VerdictReason.Restricted, null, "The key lacks the scope to list models (api.model.read)."),
        429 when Is(answer, "insufficient_quota") => ProbeVerdict.Accepted(VerdictReason.NoFunds, "insufficient_quota"),
        _ => CommonAnswers.Classify(answer, "x-ratelimit-limit-requests", "openai-organization"),
    };

    private static ProbeVerdict NotAMember(ProbeAnswer answer) => answer.Instance.Organization is null
        ? ProbeVerdict.Rejected(VerdictReason.AccountBlocked, null, "The key's owner is no longer a member of the organization.")
        : ProbeVerdict.Inconclusive(
            VerdictReason.WrongEndpoint, null, "The key's owner is no member of the organization that the instance names.");

    // OpenAI sends these headers only for a key that it knows; a gateway may send them to anyone.
    private static bool IsRestricted(ProbeAnswer answer) =>
        answer.Says("insufficient permissions", "error", "message")
        || (answer.At("error", "message") is not null
            && CommonAnswers.IsVendors(answer, BaseUrl)
            && CommonAnswers.Proves(answer, "x-ratelimit-limit-requests", "openai-organization"));

    private static bool Is(ProbeAnswer answer, string code) => answer.Text("error", "code") == code || answer.Text("error", "type") == code;

    private static ListedModel? ReadModel(JsonElement model)
    {
        var shutdownAt = WireValues.Instant(model.Member("shutdown_date"u8));
        return model.Text("id"u8) is { } id ? new ListedModel(id, [], shutdownAt is not null, shutdownAt) : null;
    }

    private static string Halves(Random random, string alphabet, int length) =>
        MadeUp.Text(random, alphabet, length) + "T3BlbkFJ" + MadeUp.Text(random, alphabet, length);

    [GeneratedRegex(@"\Ask-(?:proj|svcacct|service)-[A-Za-z0-9_-]+T3BlbkFJ[A-Za-z0-9_-]+\z")]
    private static partial Regex ProjectKey();

    [GeneratedRegex(@"\Ask-admin-[A-Za-z0-9_-]{20,}\z")]
    private static partial Regex AdminKey();

    [GeneratedRegex(@"\Ask-[A-Za-z0-9]{20,}T3BlbkFJ[A-Za-z0-9]{20,}\z")]
    private static partial Regex LegacyKey();
}
