using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>DeepSeek, probed with its model list. Its <c>code</c> misleads, so <c>type</c> decides.</summary>
internal sealed partial class DeepSeekProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.deepseek.com";

    public string Kind => "deepseek";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "DeepSeek",
        Variables = ["DEEPSEEK_API_KEY"],
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://platform.deepseek.com/api_keys",
        RevokeKeyUrl = "https://platform.deepseek.com/api_keys",
        Formats = [new("api", ApiKey(), IsDistinctive: false, random => "sk-" + MadeUp.Text(random, MadeUp.Hex, 32))],
        Probe = "GET /models",
        DeadAnswers = ["401 with error.type authentication_error: invalid (three answers over ten minutes)"],
        Notes = ["In outages DeepSeek answered 401 for good keys.", "An empty balance shows only when a model is called."],
        Sources =
        [
            "maruel/genai recordings of GET /models, 2026-08",
            "deepseek-ai/DeepSeek-R1 issue 82 (401 in an outage), 2026-08",
            "1Panel-dev/MaxKB issue 3797 (402), 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/models").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when ModelLists.ReadOpenAi(answer) is { } list => ProbeVerdict.Ok(list),
        401 when answer.Text("error", "type") == "authentication_error" =>
            ProbeVerdict.Rejected(VerdictReason.Invalid, "authentication_error").AsTransient(),
        402 when answer.Text("error", "message") is not null => ProbeVerdict.Accepted(VerdictReason.NoFunds, null),
        _ => CommonAnswers.Classify(answer),
    };

    [GeneratedRegex(@"\Ask-[a-f0-9]{32}\z")]
    private static partial Regex ApiKey();
}
