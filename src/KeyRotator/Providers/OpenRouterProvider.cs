using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>OpenRouter, probed with the key's own record, which tells its expiry. Its model list is public and proves nothing.</summary>
internal sealed partial class OpenRouterProvider : IKeyProvider
{
    private const string BaseUrl = "https://openrouter.ai/api/v1";

    public string Kind => "openrouter";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "OpenRouter",
        Variables = ["OPENROUTER_API_KEY"],
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://openrouter.ai/settings/keys",
        RevokeKeyUrl = "https://openrouter.ai/settings/keys",
        Formats = [new("api", ApiKey(), IsDistinctive: true, random => "sk-or-v1-" + MadeUp.Text(random, MadeUp.Hex, 64))],
        Probe = "GET /api/v1/key",
        DeadAnswers =
        [
            "401 with error.code 401 \"User not found.\": invalid",
            "401 with error.code 401 and any other text: invalid (three answers over ten minutes)",
        ],
        Notes =
        [
            "\"Missing Authentication header\" is what OpenRouter sends for a malformed key too.",
            "The answers for a disabled or expired key are not confirmed by a document.",
        ],
        KeysCanExpire = true,
        Sources =
        [
            "OpenRouterTeam/typescript-sdk OpenAPI document, 2026-08",
            "maruel/genai recordings, 2026-08",
            "RooCodeInc/Roo-Code issue 2445 (User not found), 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/key").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when answer.At("data", "usage") is { ValueKind: JsonValueKind.Number } && answer.At("data", "limit") is not null =>
            ClassifyRecord(answer),
        401 when HasCode(answer, 401) => ProbeVerdict.Rejected(VerdictReason.Invalid, "401") with
        {
            IsTransientRejection = !answer.Says("User not found", "error", "message"),
        },
        402 when HasCode(answer, 402) => ProbeVerdict.Accepted(VerdictReason.NoFunds, "402"),
        403 when HasCode(answer, 403) && answer.Says("management keys", "error", "message") =>
            ProbeVerdict.Accepted(VerdictReason.Restricted, "403"),
        _ => CommonAnswers.Classify(answer),
    };

    private static ProbeVerdict ClassifyRecord(ProbeAnswer answer) => Judge(answer) with
    {
        Account = WireValues.Id(answer.Text("data", "creator_user_id")),
        ExpiresAt = WireValues.Instant(answer.At("data", "expires_at")),
    };

    private static ProbeVerdict Judge(ProbeAnswer answer) => answer switch
    {
        _ when answer.At("data", "limit_remaining") is { ValueKind: JsonValueKind.Number } left && left.GetDouble() <= 0 =>
            ProbeVerdict.Accepted(VerdictReason.NoFunds, null, "The key's own limit is used up."),
        _ when answer.At("data", "is_management_key")?.ValueKind == JsonValueKind.True =>
            ProbeVerdict.Accepted(VerdictReason.Restricted, null, "This is a management key; it calls no models."),
        _ => ProbeVerdict.Ok(),
    };

    private static bool HasCode(ProbeAnswer answer, int code) =>
        answer.At("error", "code") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) && value == code
        && answer.Text("error", "message") is not null;

    [GeneratedRegex(@"\Ask-or-v1-[0-9a-f]{64}\z")]
    private static partial Regex ApiKey();
}
