using System.Globalization;
using System.Net.Http.Headers;
using KeyRotator.Metrics;

namespace KeyRotator.Validation;

/// <summary>Counts and times probes, and takes note of what answers tell beside their verdict: numbers only.</summary>
internal static class ProbeMeter
{
    private const string Provider = "provider";
    private const string Verdict = "verdict";

    // Of those vendors that tell it at all.
    private static readonly string[] s_remaining =
    [
        "x-ratelimit-remaining-requests", "anthropic-ratelimit-requests-remaining", "x-ratelimit-remaining", "ratelimit-remaining",
    ];

    /// <summary>Takes note of a probe that was sent, or tried to be.</summary>
    public static void Note(string instance, ProbeResult result, TimeSpan duration)
    {
        var provider = KeyValuePair.Create<string, object?>(Provider, instance);
        var verdict = KeyValuePair.Create<string, object?>(Verdict, result.Verdict.Verdict.ToString());
        Instruments.Probes.Add(1, provider, verdict, new("reason", result.Verdict.Reason.ToString()));
        Instruments.ProbeDuration.Record(duration.TotalSeconds, provider, verdict);
    }

    /// <summary>Takes note of an answer's date, and of how many requests are left.</summary>
    public static void NoteHeaders(string instance, HttpResponseHeaders headers, DateTimeOffset now)
    {
        var provider = KeyValuePair.Create<string, object?>(Provider, instance);
        if (headers.Date is { } theirs)
        {
            Instruments.ClockOffset.Record((now - theirs).TotalSeconds, provider);
        }

        if (s_remaining.Select(name => NumberIn(headers, name)).FirstOrDefault(number => number is not null) is { } remaining)
        {
            Instruments.RateLimitRemaining.Record(remaining, provider);
        }
    }

    private static int? NumberIn(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values)
        && int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
