using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Any server that speaks OpenAI's dialect: gateways, proxies, self-hosted models. Only listed machine codes reject; the negative
/// control tells whether its 200 means anything.</summary>
internal sealed class OpenAiCompatibleProvider : IKeyProvider, IUnprobedProvider
{
    public string Kind => "openai-compatible";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "OpenAI-compatible server",
        Probe = "GET {baseUrl}/models",
        DeadAnswers =
        [
            "401 with error.code or error.type invalid_api_key, wrong_api_key, authentication_error or token_not_found_in_db: invalid",
            "401 with error.type expired_key: expired",
        ],
        Notes =
        [
            "The instance gives the base URL, /v1 included, as OpenAI's SDK takes it.",
            "A server that lists its models without a key is found out by the negative control; such an instance needs probe: none.",
        ],
        Sources =
        [
            "OpenAI, Anthropic and Cerebras error shapes as recorded in maruel/genai, 2026-08",
            "LiteLLM proxy error types as measured by its clients, 2026-09",
        ],
    };

    public ProbeVerdict? VerdictFor(ProviderInstance instance) =>
        instance.BaseUrl is null ? CommonAnswers.PlaceMissing("Give the instance its base URL, /v1 included.") : null;

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) => ProbeRequest
        .Get(instance, null, "/models")
        .With("OpenAI-Organization", instance.Organization)
        .With("OpenAI-Project", instance.Project)
        .WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when ModelLists.ReadOpenAi(answer) is { } list => ProbeVerdict.Ok(list),
        401 when (BadKey(answer, "error", "code") ?? BadKey(answer, "error", "type") ?? BadKey(answer, "code")) is { } verdict => verdict,
        402 or 429 when IsOutOfFunds(answer) => ProbeVerdict.Accepted(VerdictReason.NoFunds, "insufficient_quota"),
        _ => CommonAnswers.Classify(answer),
    };

    private static ProbeVerdict? BadKey(ProbeAnswer answer, params ReadOnlySpan<string> path) => answer.Text(path) switch
    {
        "invalid_api_key" => ProbeVerdict.Rejected(VerdictReason.Invalid, "invalid_api_key"),
        "wrong_api_key" => ProbeVerdict.Rejected(VerdictReason.Invalid, "wrong_api_key"),
        "authentication_error" => ProbeVerdict.Rejected(VerdictReason.Invalid, "authentication_error"),
        "token_not_found_in_db" => ProbeVerdict.Rejected(VerdictReason.Invalid, "token_not_found_in_db"),
        "expired_key" => ProbeVerdict.Rejected(VerdictReason.Expired, "expired_key"),
        _ => null,
    };

    private static bool IsOutOfFunds(ProbeAnswer answer) =>
        answer.Text("error", "code") == "insufficient_quota" || answer.Text("error", "type") == "insufficient_quota";
}
