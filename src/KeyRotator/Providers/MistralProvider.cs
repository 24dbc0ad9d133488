using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Mistral, probed with its model list: the one with the best alias and deprecation members of all.</summary>
internal sealed partial class MistralProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.mistral.ai";

    public string Kind => "mistral";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Mistral AI",
        Variables = ["MISTRAL_API_KEY"],
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://console.mistral.ai/api-keys",
        RevokeKeyUrl = "https://console.mistral.ai/api-keys",
        Formats = [new("api", ApiKey(), IsDistinctive: false, random => MadeUp.Text(random, MadeUp.LettersAndDigits, 32))],
        Probe = "GET /v1/models",
        DeadAnswers =
        [
            "401 {\"detail\":\"Unauthorized\"} or {\"message\":\"Unauthorized\",\"request_id\":…}: invalid (also expired or revoked)",
        ],
        Notes =
        [
            "Personal Codestral keys work only at https://codestral.mistral.ai: give it as the base URL.",
            "Keys may carry an expiry date, which only the admin API tells.",
        ],
        KeysCanExpire = true,
        Sources =
        [
            "maruel/genai recordings of GET /v1/models, 2026-08",
            "mistralai/platform-docs-public openapi.yaml and error-glossary.md, 2026-08",
            "cline/cline issue 1734, nextcloud/integration_openai issue 332, 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/v1/models").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when ReadModels(answer) is { } list => ProbeVerdict.Ok(list),
        401 when IsBadKey(answer) => ProbeVerdict.Rejected(
            VerdictReason.Invalid, "Unauthorized", "Bad, expired, revoked, or a Codestral key, which works only at codestral.mistral.ai."),
        403 when answer.Text("object") == "error" => ProbeVerdict.Accepted(VerdictReason.Restricted, null),
        429 when answer.Header("x-ratelimit-limit-req-minute") == "0" =>
            ProbeVerdict.Accepted(VerdictReason.NoFunds, null, "The workspace has no allowance for requests."),
        _ => CommonAnswers.Classify(answer, "x-ratelimit-limit-req-"),
    };

    private static bool IsBadKey(ProbeAnswer answer) =>
        answer.Text("detail") == "Unauthorized" || (answer.Text("message") == "Unauthorized" && answer.Text("request_id") is not null);

    // The vendor's specification shows a bare array where the service sends {"data":[…]}.
    private static ModelList? ReadModels(ProbeAnswer answer) =>
        ModelLists.Read(answer.Json is { ValueKind: JsonValueKind.Array } array ? array : answer.At("data"), isWhole: true, ReadModel);

    private static ListedModel? ReadModel(JsonElement model)
    {
        var deprecation = model.Member("deprecation"u8);
        return model.Text("id"u8) is not { } id ? null : new ListedModel(
            id,
            ReadAliases(model.Member("aliases"u8)),
            deprecation is { ValueKind: JsonValueKind.String },
            WireValues.Instant(deprecation),
            WireValues.Id(model.Text("deprecation_replacement_model"u8)));
    }

    private static string[] ReadAliases(JsonElement? aliases)
    {
        if (aliases is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() == 0)
        {
            return [];
        }

        var names = new string[array.GetArrayLength()];
        for (var index = 0; index < names.Length; index++)
        {
            names[index] = array[index].ValueKind == JsonValueKind.String ? array[index].GetString() ?? "" : "";
        }

        return names;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9]{32}\z")]
    private static partial Regex ApiKey();
}
