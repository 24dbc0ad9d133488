using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>xAI, probed with the key's own record. A 200 can still be a dead key: the record's flags decide.</summary>
internal sealed partial class XaiProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.x.ai/v1";
    private const string Management = "management";

    public string Kind => "xai";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "xAI",
        Variables = ["XAI_API_KEY"],
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://console.x.ai",
        RevokeKeyUrl = "https://console.x.ai",
        Formats =
        [
            new("api", ApiKey(), IsDistinctive: true, random => "xai-" + MadeUp.Text(random, MadeUp.LettersAndDigits, 80)),
            new(Management, ManagementKey(), IsDistinctive: true, random => "xai-token-" + MadeUp.Text(random, MadeUp.UrlSafe, 80)),
        ],
        Probe = "GET /v1/api-key",
        DeadAnswers =
        [
            "400 or 401 whose error says \"Incorrect API key\": invalid (three answers over ten minutes)",
            "200 with api_key_blocked or api_key_disabled: invalid",
            "200 with team_blocked: account blocked",
        ],
        Notes =
        [
            "A new key is known everywhere only after a short while.",
            "Management keys (xai-token-) call no models and are not checked.",
        ],
        Sources =
        [
            "xAI's OpenAPI document, copy api-evangelist/xai, 2026-08",
            "xai-org/xai-proto auth.proto, 2026-08",
            "docs.x.ai/developers/debugging, 2026-08",
            "continuedev/continue issues 10373, 11412, 12670, 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/api-key").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when answer.Text("redacted_api_key") is not null => ClassifyRecord(answer),
        400 or 401 when answer.KeyFormat == Management && answer.Says("Incorrect API key", "error") => ProbeVerdict.Inconclusive(
            VerdictReason.WrongEndpoint, hint: "This is a management key; it calls no models and cannot be proven here."),
        400 or 401 when answer.Says("Incorrect API key", "error") =>
            ProbeVerdict.Rejected(VerdictReason.Invalid, null).AsTransient(),
        403 when answer.Says("doesn't have any credits or licenses", "error") => NoFunds("The team has no credits yet."),
        403 when answer.At("error") is { ValueKind: JsonValueKind.String } =>
            ProbeVerdict.Inconclusive(
                VerdictReason.UnexpectedBody, hint: "Key or team lacks a permission, or is blocked: xAI answers both alike."),
        429 when answer.Says("used all available credits", "error") || answer.Says("monthly spending limit", "error") =>
            NoFunds("The team's credits are used up or its monthly limit is reached."),
        _ => CommonAnswers.Classify(answer),
    };

    private static ProbeVerdict ClassifyRecord(ProbeAnswer answer) => Flags(answer) switch
    {
        (true, _, _) => ProbeVerdict.Rejected(VerdictReason.AccountBlocked, "team_blocked", "The team is blocked."),
        (_, true, _) => ProbeVerdict.Rejected(VerdictReason.Invalid, "api_key_blocked", "The key is blocked."),
        (_, _, true) => ProbeVerdict.Rejected(VerdictReason.Invalid, "api_key_disabled", "The key is disabled in the console."),
        (false, false, false) => ProbeVerdict.Ok(account: WireValues.Id(answer.Text("team_id"))),
        _ => CommonAnswers.Classify(answer),
    };

    private static (bool? Team, bool? Blocked, bool? Disabled) Flags(ProbeAnswer answer) =>
        (Flag(answer, "team_blocked"), Flag(answer, "api_key_blocked"), Flag(answer, "api_key_disabled"));

    private static bool? Flag(ProbeAnswer answer, string name) => answer.At(name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static ProbeVerdict NoFunds(string hint) => ProbeVerdict.Accepted(VerdictReason.NoFunds, null, hint);

    [GeneratedRegex(@"\Axai-token-[A-Za-z0-9_-]{20,}\z")]
    private static partial Regex ManagementKey();

    [GeneratedRegex(@"\Axai-(?!token-)[A-Za-z0-9_-]{70,120}\z")]
    private static partial Regex ApiKey();
}
