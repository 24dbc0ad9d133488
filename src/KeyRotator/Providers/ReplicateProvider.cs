using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Replicate, probed with the token's account. Whose it is, is not read.</summary>
internal sealed partial class ReplicateProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.replicate.com";

    public string Kind => "replicate";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Replicate",
        Variables = ["REPLICATE_API_TOKEN"],
        BaseUrlVariable = "REPLICATE_BASE_URL",
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://replicate.com/account/api-tokens",
        RevokeKeyUrl = "https://replicate.com/account/api-tokens",
        Formats = [new("api", ApiToken(), IsDistinctive: true, random => "r8_" + MadeUp.Text(random, MadeUp.LettersAndDigits, 37))],
        Probe = "GET /v1/account",
        DeadAnswers = ["401 with title Unauthenticated: invalid"],
        Sources = ["replicate/replicate-python client.py and tests, 2026-08", "trufflesecurity/trufflehog replicate.go, 2026-08"],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/v1/account").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => (answer.Status, answer.Text("title")) switch
    {
        (200, _) when answer.Text("type") is not null && answer.Text("username") is not null => ProbeVerdict.Ok(),
        (401, "Unauthenticated") => ProbeVerdict.Rejected(VerdictReason.Invalid, "Unauthenticated"),
        (402, not null) => ProbeVerdict.Accepted(VerdictReason.NoFunds, null),
        _ => CommonAnswers.Classify(answer),
    };

    [GeneratedRegex(@"\Ar8_[A-Za-z0-9_-]{37}\z")]
    private static partial Regex ApiToken();
}
