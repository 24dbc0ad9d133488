using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Together AI, probed with its list of dedicated models: the whole list has 437 KB.</summary>
internal sealed partial class TogetherProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.together.xyz/v1";

    public string Kind => "together";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Together AI",
        Variables = ["TOGETHER_API_KEY"],
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://api.together.ai/settings/api-keys",
        RevokeKeyUrl = "https://api.together.ai/settings/api-keys",
        Formats =
        [
            new("api", ApiKey(), IsDistinctive: true, random => "tgp_v1_" + MadeUp.Text(random, MadeUp.UrlSafe, 43)),
            new("legacy", LegacyKey(), IsDistinctive: false, random => MadeUp.Text(random, MadeUp.Hex, 64)),
        ],
        Probe = "GET /v1/models?dedicated=true",
        DeadAnswers = ["401 with error.code invalid_api_key, or whose error.message is \"Unauthorized\": invalid"],
        Notes = ["The list is filtered, so declared models are not compared with it."],
        Sources = ["maruel/genai recordings of GET /v1/models, 2026-08", "togethercomputer/openapi openapi.yaml, 2026-08"],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/models?dedicated=true").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when IsModels(answer.Json) => ProbeVerdict.Ok(),
        401 when answer.Text("error", "code") == "invalid_api_key" => ProbeVerdict.Rejected(VerdictReason.Invalid, "invalid_api_key"),
        401 when answer.Text("error", "message") == "Unauthorized" => ProbeVerdict.Rejected(VerdictReason.Invalid, "Unauthorized"),
        402 when answer.Text("error", "message") is not null => ProbeVerdict.Accepted(VerdictReason.NoFunds, null),
        _ => CommonAnswers.Classify(answer),
    };

    private static bool IsModels(JsonElement? json) => json is { ValueKind: JsonValueKind.Array } array
        && (array.GetArrayLength() == 0 || array[0].Text("id"u8) is not null);

    [GeneratedRegex(@"\Atgp_v1_[A-Za-z0-9_-]{43}\z")]
    private static partial Regex ApiKey();

    [GeneratedRegex(@"\A[a-f0-9]{64}\z")]
    private static partial Regex LegacyKey();
}
