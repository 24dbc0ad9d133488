using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>ElevenLabs, probed with the subscription. Its 401 means three things, told apart by <c>detail.status</c>.</summary>
internal sealed partial class ElevenLabsProvider : IKeyProvider, IUnprobedProvider
{
    private const string BaseUrl = "https://api.elevenlabs.io";

    public string Kind => "elevenlabs";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "ElevenLabs",
        Variables = ["ELEVENLABS_API_KEY"],
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://elevenlabs.io/app/settings/api-keys",
        RevokeKeyUrl = "https://elevenlabs.io/app/settings/api-keys",
        Formats =
        [
            new("api", ApiKey(), IsDistinctive: true, random => "sk_" + MadeUp.Text(random, MadeUp.Hex, 48)),
            new("legacy", LegacyKey(), IsDistinctive: false, random => MadeUp.Text(random, MadeUp.Hex, 32)),
        ],
        Probe = "GET /v1/user/subscription",
        DeadAnswers = ["401 with detail.status invalid_api_key: invalid"],
        Notes =
        [
            "A key without the permission user_read answers 401 missing_permissions and is alive.",
            "Regions: us, eu, in, sg; without one, the global host is asked.",
        ],
        Sources =
        [
            "elevenlabs/elevenlabs-python environment.py, 2026-08",
            "elevenlabs/elevenlabs-docs error-messages.mdx, 2026-08",
            "danielmiessler/LifeOS issue 667, 2026-08",
            "trufflesecurity/trufflehog elevenlabs analyzer, 2026-08",
        ],
    };

    public ProbeVerdict? VerdictFor(ProviderInstance instance) =>
        instance.BaseUrl is null && PlaceOf(instance) is null
            ? CommonAnswers.PlaceMissing("ElevenLabs has the regions us, eu, in and sg.")
            : null;

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, PlaceOf(instance), "/v1/user/subscription").WithKey("xi-api-key", key.Reveal());

    public ProbeVerdict Classify(ProbeAnswer answer) => (answer.Status, answer.Text("detail", "status")) switch
    {
        (200, _) when answer.Text("tier") is not null => ProbeVerdict.Ok(),
        (401, "invalid_api_key") => ProbeVerdict.Rejected(VerdictReason.Invalid, "invalid_api_key"),
        (401, "missing_permissions") =>
            ProbeVerdict.Accepted(VerdictReason.Restricted, "missing_permissions", "The key lacks the permission user_read."),
        (400 or 401, "quota_exceeded") => ProbeVerdict.Accepted(VerdictReason.NoFunds, "quota_exceeded"),
        (429, "system_busy") => ProbeVerdict.Inconclusive(VerdictReason.ProviderError, "system_busy"),
        _ => CommonAnswers.Classify(answer),
    };

    private static string? PlaceOf(ProviderInstance instance) => instance.Region?.ToLowerInvariant() switch
    {
        null => BaseUrl,
        "us" => "https://api.us.elevenlabs.io",
        "eu" => "https://api.eu.residency.elevenlabs.io",
        "in" => "https://api.in.residency.elevenlabs.io",
        "sg" => "https://api.sg.residency.elevenlabs.io",
        _ => null,
    };

    [GeneratedRegex(@"\Ask_[a-f0-9]{48}\z")]
    private static partial Regex ApiKey();

    [GeneratedRegex(@"\A[a-f0-9]{32}\z")]
    private static partial Regex LegacyKey();
}
