using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace KeyRotator.Http;

/// <summary>Reads how long a server asks to be left alone (RFC 9110, 10.2.3).</summary>
internal static class RetryAfter
{
    private const NumberStyles Seconds = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    /// <summary>The shortest pause taken from a server's word.</summary>
    public static TimeSpan Least { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause taken from a server's word.</summary>
    public static TimeSpan Most { get; } = TimeSpan.FromHours(1);

    /// <summary>Not to be asked again before then, or null where the answer does not say.</summary>
    /// <remarks>Only 429, 503 and 529 are believed: some vendors send the header with a 200.</remarks>
    public static DateTimeOffset? Of(HttpResponseMessage message, DateTimeOffset now) =>
        now + Of(message.StatusCode, message.Headers, now);

    /// <summary>The same as a span, from status and headers.</summary>
    public static TimeSpan? Of(HttpStatusCode status, HttpResponseHeaders headers, DateTimeOffset now)
    {
        var asksForQuiet = (int)status is 429 or 503 or 529;
        return asksForQuiet && headers.NonValidated.TryGetValues("Retry-After", out var values)
            ? Parse(values.ToString(), headers.Date ?? now)
            : null;
    }

    /// <summary>A pause from <see cref="Least"/> to <see cref="Most"/>, or null where the text is neither seconds nor date.</summary>
    /// <param name="text">Seconds, or an HTTP-date.</param>
    /// <param name="serverNow">The server's own clock, which a date is measured against.</param>
    public static TimeSpan? Parse(string text, DateTimeOffset serverNow)
    {
        if (double.TryParse(text, Seconds, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds))
        {
            return Clamp(seconds);
        }

        return RetryConditionHeaderValue.TryParse(text, out var parsed) && parsed.Date is { } date
            ? Clamp((date - serverNow).TotalSeconds)
            : null;
    }

    private static TimeSpan Clamp(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, Least.TotalSeconds, Most.TotalSeconds));
}
