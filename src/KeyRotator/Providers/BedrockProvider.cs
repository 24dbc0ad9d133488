using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>AWS Bedrock API keys, probed with the model list of the region, which is part of the credential. Short-term keys carry their
/// expiry.</summary>
internal sealed partial class BedrockProvider : IKeyProvider, IKeyExpiryReader, IUnprobedProvider
{
    private const string ShortTermPrefix = "bedrock-api-key-";
    private const string DateFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
    private const int LongestLife = 7 * 24 * 60 * 60;

    public string Kind => "bedrock";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "AWS Bedrock",
        Variables = ["AWS_BEARER_TOKEN_BEDROCK"],
        RegionVariables = ["AWS_REGION", "AWS_DEFAULT_REGION"],
        DefaultBaseUrl = "https://bedrock-mantle.{region}.api.aws/v1",
        CreateKeyUrl = "https://console.aws.amazon.com/bedrock/home#/api-keys",
        RevokeKeyUrl = "https://console.aws.amazon.com/bedrock/home#/api-keys",
        Formats =
        [
            new("long-term", LongTermKey(), IsDistinctive: true, MakeLongTerm),
            new("short-term", ShortTermKey(), IsDistinctive: true, MakeShortTerm),
        ],
        Probe = "GET https://bedrock-mantle.{region}.api.aws/v1/models",
        DeadAnswers =
        [
            "401 with error.code invalid_api_key: invalid, where the instance has accepted some key before",
            "403 that says authentication failed: invalid, where the instance has accepted some key before",
            "403 that calls the key's format invalid: invalid",
        ],
        Notes =
        [
            "A good key in the wrong region gets the same answer as a bad one.",
            "A short-term key tells its expiry, 12 hours at most; the session that made it may end sooner.",
            "The list holds what this endpoint serves, so declared models are not called missing.",
        ],
        NeedsRegion = true,
        KeysCanExpire = true,
        Sources =
        [
            "NousResearch/hermes-agent issue 87190 (model list, 401), 2026-08",
            "ai4s-research/open-science issue 53 (403 in another region), 2026-08",
            "farion1231/cc-switch issue 1679 (format), 2026-08",
            "aws/aws-bedrock-token-generator-python token_generator.py, 2026-08",
            "AWS IAM API reference, 2026-08",
        ],
    };

    public ProbeVerdict? VerdictFor(ProviderInstance instance) => PlaceOf(instance) is null && instance.BaseUrl is null
        ? CommonAnswers.PlaceMissing("The key belongs to a region: give the instance its region, such as eu-central-1.")
        : null;

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, PlaceOf(instance), "/models").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when ModelLists.ReadOpenAi(answer, isWhole: false) is { } list => ProbeVerdict.Ok(list),
        401 when answer.Text("error", "code") == "invalid_api_key" => WrongKeyOrRegion("invalid_api_key"),
        403 when Says(answer, "Authentication failed: Please make sure your API Key is valid") => WrongKeyOrRegion(null),
        403 when Says(answer, "Invalid API Key format") =>
            ProbeVerdict.Rejected(VerdictReason.Invalid, null, "The value has not the form of a Bedrock key."),
        403 when Says(answer, "is not authorized to perform") =>
            ProbeVerdict.Accepted(VerdictReason.Restricted, null, "The key's policy does not allow to list models."),
        _ => CommonAnswers.Classify(answer),
    };

    public DateTimeOffset? ReadExpiry(SecretValue key)
    {
        var url = SignedUrl(key.Reveal());
        return DateTimeOffset.TryParseExact(Parameter(url, "X-Amz-Date="), DateFormat, CultureInfo.InvariantCulture, Utc, out var signedAt)
            && int.TryParse(Parameter(url, "X-Amz-Expires="), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= LongestLife
            ? signedAt.AddSeconds(seconds)
            : null;
    }

    // A short-term key is a pre-signed URL in Base64.
    private static string SignedUrl(string key)
    {
        var buffer = new byte[key.Length];
        return key.StartsWith(ShortTermPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(key[ShortTermPrefix.Length..], buffer, out var length)
            ? Encoding.ASCII.GetString(buffer, 0, length)
            : "";
    }

    private static string? Parameter(string url, string name)
    {
        var start = url.IndexOf(name, StringComparison.Ordinal);
        return start < 0 ? null : url[(start + name.Length)..].Split('&', 2)[0];
    }

    private static ProbeVerdict WrongKeyOrRegion(string? code) =>
        ProbeVerdict.Rejected(VerdictReason.Invalid, code, "Invalid, expired, or of another region.").OfKnownPlace();

    private static bool Says(ProbeAnswer answer, string phrase) =>
        answer.Says(phrase, "Message") || answer.Says(phrase, "message") || answer.Says(phrase, "error", "message");

    private static string? PlaceOf(ProviderInstance instance) =>
        instance.Region is { } region && RegionName().IsMatch(region)
            ? $"https://bedrock-mantle.{region}.api.aws/v1"
            : null;

    private static string MakeLongTerm(Random random) => "ABSK" + Convert.ToBase64String(Encoding.ASCII.GetBytes(
        $"BedrockAPIKey-{MadeUp.Text(random, MadeUp.LowerAndDigits, 4)}-at-{MadeUp.Text(random, MadeUp.Digits, 12)}:"
        + MadeUp.Text(random, MadeUp.LettersAndDigits, 60)));

    private static string MakeShortTerm(Random random) => ShortTermPrefix + Convert.ToBase64String(Encoding.ASCII.GetBytes(
        "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20250101T000000Z&X-Amz-Expires=43200"
        + $"&X-Amz-SignedHeaders=host&X-Amz-Signature={MadeUp.Text(random, MadeUp.Hex, 64)}&Version=1"));

    [GeneratedRegex(@"\A[a-z]{2}[a-z0-9-]{3,30}\z")]
    private static partial Regex RegionName();

    [GeneratedRegex(@"\AABSK[A-Za-z0-9+/]{109,269}={0,2}\z")]
    private static partial Regex LongTermKey();

    [GeneratedRegex(@"\Abedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/]+={0,2}\z")]
    private static partial Regex ShortTermKey();
}
