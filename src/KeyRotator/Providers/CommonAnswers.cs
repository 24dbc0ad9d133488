using KeyRotator.Keys;

namespace KeyRotator.Providers;

/// <summary>The answers that mean the same from every provider. None of them rejects a key.</summary>
internal static class CommonAnswers
{
    private static readonly string[] s_badKeyPhrases =
    [
        "unauthorized",
        "unauthenticated",
        "invalid api key",
        "api key is invalid",
        "invalid token",
        "invalid credentials",
        "authentication failed",
    ];

    /// <summary>The verdict on an answer that the provider's own table does not have.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="proofHeaders">Beginnings of header names that the vendor sends only after it recognised the key; they turn a 429 into
    /// Accepted.</param>
    public static ProbeVerdict Classify(ProbeAnswer answer, params ReadOnlySpan<string> proofHeaders) => answer.Status switch
    {
        >= 300 and < 400 =>
            ProbeVerdict.Inconclusive(VerdictReason.Redirected, hint: "The answer is a redirect; none is followed. Check the base URL."),
        407 => ProbeVerdict.Inconclusive(VerdictReason.EdgeBlocked, hint: "A proxy on the way asks for credentials of its own."),
        408 or (>= 500 and < 600) => ProbeVerdict.Inconclusive(VerdictReason.ProviderError),
        429 => Proves(answer, proofHeaders)
            ? ProbeVerdict.Accepted(VerdictReason.Throttled, null)
            : ProbeVerdict.Inconclusive(VerdictReason.Throttled),
        404 or 405 or 410 when answer.Instance.BaseUrl is not null => ProbeVerdict.Inconclusive(
            VerdictReason.WrongEndpoint, hint: "The base URL does not have the probe's path. Give it as the provider's SDK takes it."),
        _ when answer.IsTruncated => ProbeVerdict.Inconclusive(VerdictReason.TooLarge),
        _ when IsPage(answer) => ProbeVerdict.Inconclusive(
            VerdictReason.EdgeBlocked, hint: "A web page instead of the API's answer: a firewall or a log-in page stands between."),
        403 when answer.Body.IsEmpty =>
            ProbeVerdict.Inconclusive(VerdictReason.EdgeBlocked, hint: "A 403 without a body comes from an edge, not from the API."),
        401 => ProbeVerdict.Inconclusive(
            VerdictReason.UnexpectedBody, hint: "A 401, but not in the shape that the provider documents, so it proves nothing."),
        200 => ProbeVerdict.Inconclusive(
            VerdictReason.UnexpectedBody, hint: "A 200, but not in the shape that the provider documents: something else answered."),
        _ => ProbeVerdict.Inconclusive(VerdictReason.UnexpectedBody),
    };

    /// <summary>True where one of the headers is there that the vendor sends only for a key that it recognised.</summary>
    public static bool Proves(ProbeAnswer answer, params ReadOnlySpan<string> proofHeaders)
    {
        foreach (var header in proofHeaders)
        {
            if (answer.HasHeader(header))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>For vendors whose bad-key body nobody recorded: a JSON error whose text says in so many words that the key is
    /// bad.</summary>
    /// <remarks>Weak evidence; who rejects on it marks the rejection as transient.</remarks>
    public static bool SaysBadKey(ProbeAnswer answer)
    {
        foreach (var phrase in s_badKeyPhrases)
        {
            if (answer.Says(phrase, "error", "message") || answer.Says(phrase, "error")
                || answer.Says(phrase, "message") || answer.Says(phrase, "detail"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True where the vendor's own host was asked, not a gateway or proxy that an instance names.</summary>
    public static bool IsVendors(ProbeAnswer answer, string vendorsBaseUrl) =>
        answer.Instance.BaseUrl is not { } baseUrl || baseUrl.Host.Equals(new Uri(vendorsBaseUrl).Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>The verdict where an instance does not say the place that is part of the credential.</summary>
    public static ProbeVerdict PlaceMissing(string hint) => ProbeVerdict.Inconclusive(VerdictReason.WrongEndpoint, hint: hint);

    private static bool IsPage(ProbeAnswer answer) =>
        answer.MediaType is "text/html" or "application/xhtml+xml" || answer.Body.Span.TrimStart(" \t\r\n"u8) is [(byte)'<', ..];
}
