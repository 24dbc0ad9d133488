using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Cerebras, probed with its model list. Its errors have no <c>error</c> wrapper.</summary>
internal sealed partial class CerebrasProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.cerebras.ai";

    public string Kind => "cerebras";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Cerebras",
        Variables = ["CEREBRAS_API_KEY"],
        BaseUrlVariable = "CEREBRAS_BASE_URL",
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://cloud.cerebras.ai",
        RevokeKeyUrl = "https://cloud.cerebras.ai",
        Formats = [new("api", ApiKey(), IsDistinctive: true, random => "csk-" + MadeUp.Text(random, MadeUp.LowerAndDigits, 48))],
        Probe = "GET /v1/models",
        DeadAnswers = ["401 with code wrong_api_key: invalid"],
        Sources = ["maruel/genai recordings of GET /v1/models, 2026-08", "betterleaks/betterleaks cerebras.go, 2026-08"],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/v1/models").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => (answer.Status, answer.Text("code")) switch
    {
        (200, _) when ModelLists.ReadOpenAi(answer) is { } list => ProbeVerdict.Ok(list),
        (401, "wrong_api_key") => ProbeVerdict.Rejected(VerdictReason.Invalid, "wrong_api_key"),
        (403, "multimodal_not_enabled") => ProbeVerdict.Accepted(VerdictReason.Restricted, "multimodal_not_enabled"),
        _ => CommonAnswers.Classify(answer, "x-ratelimit-limit-requests-"),
    };

    [GeneratedRegex(@"\Acsk-[a-z0-9]{48}\z")]
    private static partial Regex ApiKey();
}
