using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Hugging Face, probed with the token's own record. What it says of persons is not read.</summary>
internal sealed partial class HuggingFaceProvider : IKeyProvider
{
    private const string BaseUrl = "https://huggingface.co";

    public string Kind => "huggingface";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Hugging Face",
        Variables = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"],
        BaseUrlVariable = "HF_ENDPOINT",
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://huggingface.co/settings/tokens",
        RevokeKeyUrl = "https://huggingface.co/settings/tokens",
        Formats =
        [
            new("user", UserToken(), IsDistinctive: true, random => "hf_" + MadeUp.Text(random, MadeUp.Letters, 34)),
            new("organization", OrganizationToken(), IsDistinctive: true, random => "api_org_" + MadeUp.Text(random, MadeUp.Letters, 34)),
        ],
        Probe = "GET /api/whoami-v2",
        DeadAnswers =
        [
            "401 whose error is \"Invalid credentials in Authorization header\": invalid (three answers over ten minutes)",
            "401 whose error says expired: expired (three answers over ten minutes)",
        ],
        Notes = ["The call is strictly limited: probed every six hours at most.", "Good tokens were seen to get a 401 now and then."],
        LeastCheckEvery = TimeSpan.FromHours(6),
        Sources =
        [
            "huggingface/huggingface_hub hf_api.py and issues 2507, 3368, 2026-08",
            "trufflesecurity/trufflehog huggingface analyzer, 2026-08",
            "betterleaks/betterleaks huggingface.go (expired), 2026-08", "maruel/genai recordings, 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/api/whoami-v2").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when answer.At("auth") is { ValueKind: JsonValueKind.Object } && answer.Text("name") is not null => ProbeVerdict.Ok(),
        401 when answer.Says("Invalid credentials in Authorization header", "error") => Rejected(VerdictReason.Invalid),
        401 when answer.Says("expired", "error") => Rejected(VerdictReason.Expired),
        _ => CommonAnswers.Classify(answer),
    };

    private static ProbeVerdict Rejected(VerdictReason reason) => ProbeVerdict.Rejected(reason, null).AsTransient();

    [GeneratedRegex(@"\Ahf_[A-Za-z0-9]{34}\z")]
    private static partial Regex UserToken();

    [GeneratedRegex(@"\Aapi_org_[A-Za-z0-9]{34}\z")]
    private static partial Regex OrganizationToken();
}
