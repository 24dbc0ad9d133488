using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>NVIDIA API catalog, probed with NGC's key service: its model list is public. The service takes the key in the body of a POST
/// that changes nothing.</summary>
internal sealed partial class NvidiaProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.ngc.nvidia.com";

    public string Kind => "nvidia";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "NVIDIA NIM",
        Variables = ["NVIDIA_API_KEY", "NGC_API_KEY"],
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://build.nvidia.com/settings/api-keys",
        RevokeKeyUrl = "https://build.nvidia.com/settings/api-keys",
        Formats = [new("api", ApiKey(), IsDistinctive: true, random => "nvapi-" + MadeUp.Text(random, MadeUp.UrlSafe, 64))],
        Probe = "POST https://api.ngc.nvidia.com/v3/keys/get-caller-info with the key in the body (reads only)",
        DeadAnswers = ["401 that says \"Invalid API key\", for a key of the known format: invalid (three answers over ten minutes)"],
        Notes =
        [
            "Legacy NGC keys are not known to the key service: they stay inconclusive.",
            "A base URL replaces the key service's host; for a NIM of your own use openai-compatible.",
        ],
        Sources =
        [
            "trufflesecurity/trufflehog nvapi.go, 2026-08",
            "Red Hat documentation and published clients of get-caller-info, 2026-09",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance)
    {
        var request = ProbeRequest.Create(HttpMethod.Post, instance, BaseUrl, "/v3/keys/get-caller-info");
        request.Content = new FormUrlEncodedContent([new("credentials", key.Reveal())]);
        return request;
    }

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when answer.Text("requestStatus", "statusCode") == "SUCCESS" => ProbeVerdict.Ok(account: WireValues.Id(answer.Text("orgName"))),
        401 when IsBadKey(answer) && answer.KeyFormat is null =>
            ProbeVerdict.Inconclusive(
                VerdictReason.WrongEndpoint, hint: "Legacy keys cannot be proven here: create a personal key (nvapi-)."),
        401 when IsBadKey(answer) => ProbeVerdict.Rejected(VerdictReason.Invalid, null).AsTransient(),
        _ => CommonAnswers.Classify(answer),
    };

    private static bool IsBadKey(ProbeAnswer answer) =>
        CommonAnswers.SaysBadKey(answer) || answer.Says("Invalid API key", "requestStatus", "statusDescription");

    [GeneratedRegex(@"\Anvapi-[A-Za-z0-9_-]{60,70}\z")]
    private static partial Regex ApiKey();
}
