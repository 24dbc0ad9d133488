using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Anyscale. Its public endpoints are gone, so nothing is asked of them; a deployment of one's own speaks OpenAI's
/// dialect.</summary>
internal sealed partial class AnyscaleProvider : IKeyProvider, IUnprobedProvider
{
    private const string BaseUrl = "https://api.endpoints.anyscale.com/v1";
    private const string Retirement =
        "Anyscale's public endpoints were shut down on 2024-08-01. Delete the key, or give the instance the base URL of your own deployment"
        + " (or use openai-compatible).";

    private readonly OpenAiCompatibleProvider _deployment = new();

    public string Kind => "anyscale";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Anyscale (retired)",
        Variables = ["ANYSCALE_API_KEY"],
        BaseUrlVariable = "ANYSCALE_BASE_URL",
        DefaultBaseUrl = BaseUrl,
        Formats =
        [
            new("endpoints", EndpointsKey(), IsDistinctive: true, random => "esecret_" + MadeUp.Text(random, MadeUp.LowerAndDigits, 26)),
        ],
        Probe = "none; with the base URL of a deployment: GET {baseUrl}/models",
        DeadAnswers = ["none of the public endpoints; of a deployment, those of openai-compatible"],
        Notes = [Retirement],
        Sources = ["docs.anyscale.com/endpoints/text-generation/query-a-model, 2026-08"],
    };

    public ProbeVerdict? VerdictFor(ProviderInstance instance) =>
        instance.BaseUrl is null || instance.BaseUrl.Host.Equals(new Uri(BaseUrl).Host, StringComparison.OrdinalIgnoreCase)
            ? ProbeVerdict.Inconclusive(VerdictReason.Retired, hint: Retirement)
            : null;

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) => _deployment.CreateProbe(key, instance);

    public ProbeVerdict Classify(ProbeAnswer answer) => VerdictFor(answer.Instance) ?? _deployment.Classify(answer);

    [GeneratedRegex(@"\Aesecret_[A-Za-z0-9]{10,}\z")]
    private static partial Regex EndpointsKey();
}
