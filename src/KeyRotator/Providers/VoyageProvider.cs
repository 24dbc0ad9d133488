using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Voyage AI, probed with the list of files. Keys that begin with <c>al-</c> belong to MongoDB's host, as in the vendor's
/// SDK.</summary>
internal sealed partial class VoyageProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.voyageai.com/v1";
    private const string AtlasBaseUrl = "https://ai.mongodb.com/v1";
    private const string Atlas = "atlas";

    public string Kind => "voyage";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Voyage AI",
        Variables = ["VOYAGE_API_KEY"],
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://dashboard.voyageai.com",
        RevokeKeyUrl = "https://dashboard.voyageai.com",
        Formats =
        [
            new("api", ApiKey(), IsDistinctive: true, random => "pa-" + MadeUp.Text(random, MadeUp.UrlSafe, 43)),
            new(Atlas, AtlasKey(), IsDistinctive: false, random => "al-" + MadeUp.Text(random, MadeUp.UrlSafe, 43)),
        ],
        Probe = "GET /v1/files",
        DeadAnswers = ["401 whose detail says that the key is bad: invalid (three answers over ten minutes)"],
        Notes =
        [
            "Keys of MongoDB Atlas (al-) are asked for at https://ai.mongodb.com/v1.",
            "The 401's text is not confirmed by a document, therefore the three answers.",
        ],
        Sources = ["voyage-ai/voyageai-python util.py and api_requestor.py, 2026-08", "praetorian-inc/titus voyage rule, 2026-08"],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, AtlasKey().IsMatch(key.Reveal()) ? AtlasBaseUrl : BaseUrl, "/files").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when answer.At("data") is { ValueKind: JsonValueKind.Array } => ProbeVerdict.Ok(),
        401 when IsAtWrongHost(answer) => ProbeVerdict.Inconclusive(
            VerdictReason.WrongEndpoint, hint: "Keys that begin with al- belong to ai.mongodb.com, all others to api.voyageai.com."),
        401 when answer.Text("detail") is not null && CommonAnswers.SaysBadKey(answer) =>
            ProbeVerdict.Rejected(VerdictReason.Invalid, null).AsTransient(),
        _ => CommonAnswers.Classify(answer),
    };

    private static bool IsAtWrongHost(ProbeAnswer answer) =>
        answer.Instance.BaseUrl is not null && CommonAnswers.IsVendors(answer, answer.KeyFormat == Atlas ? BaseUrl : AtlasBaseUrl);

    [GeneratedRegex(@"\Apa-[A-Za-z0-9_-]{43}\z")]
    private static partial Regex ApiKey();

    [GeneratedRegex(@"\Aal-[A-Za-z0-9_-]{20,}\z")]
    private static partial Regex AtlasKey();
}
