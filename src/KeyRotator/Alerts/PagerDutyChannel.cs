using System.Globalization;
using System.Text.Json;
using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>PagerDuty's Events API v2: a finding is an incident, its reminders are the same incident, its end resolves it.</summary>
/// <remarks>The deduplication key is the finding's id, the same from first to last; a finding that comes back has a new one, and opens a
/// new incident. Limits: summary 1,024 characters, deduplication key 255, 512 KB. Source: PagerDuty/developer-docs, Events API
/// v2.</remarks>
internal sealed class PagerDutyChannel : IAlertChannel
{
    private const int MaxSummary = 1_024;
    private const int MaxName = 200;
    private const int MaxSentence = 1_000;
    private const int MostFindings = 50;

    /// <inheritdoc />
    public string Kind => "pagerduty";

    /// <inheritdoc />
    public Uri DefaultUrl { get; } = new("https://events.pagerduty.com");

    /// <inheritdoc />
    public bool TakesOneFindingEach => true;

    /// <inheritdoc />
    public HttpRequestMessage CreateRequest(Alert alert, ChannelSettings channel, DateTimeOffset now) =>
        JsonBody.Post(channel.Url.Reveal().TrimEnd('/') + "/v2/enqueue", json => Write(json, alert, channel));

    /// <inheritdoc />
    /// <remarks>202 is accepted; 400 says that the event is wrong, and it stays wrong.</remarks>
    public DeliveryOutcome ReadAnswer(int status, ReadOnlySpan<byte> body) => status switch
    {
        202 => DeliveryOutcome.Delivered,
        400 => DeliveryOutcome.Refused,
        410 => DeliveryOutcome.Gone,
        _ => DeliveryOutcome.Retry,
    };

    private static void Write(Utf8JsonWriter json, Alert alert, ChannelSettings channel)
    {
        json.WriteString("routing_key"u8, channel.ApiKey?.Reveal());
        json.WriteString("event_action"u8, alert.Kind is AlertKind.Resolved or AlertKind.Withdrawn ? "resolve"u8 : "trigger"u8);
        json.WriteString("dedup_key"u8, alert.Incident ?? (alert.Findings is [var only] ? only.Id : alert.Id));
        json.WriteString("client"u8, "KeyRotator"u8);
        WriteLinks(json, alert);
        json.WriteStartObject("payload"u8);
        json.WriteString("summary"u8, Summary(alert));
        json.WriteString("source"u8, "keyrotator"u8);
        json.WriteString("severity"u8, SeverityOf(alert));
        json.WriteString("timestamp"u8, alert.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (alert.Findings is [var finding])
        {
            WriteOne(json, alert, finding);
        }
        else
        {
            WriteMany(json, alert);
        }

        json.WriteEndObject();
    }

    private static void WriteLinks(Utf8JsonWriter json, Alert alert)
    {
        if (AlertLinks.Of(alert) is not { Count: > 0 } links)
        {
            return;
        }

        json.WriteStartArray("links"u8);
        foreach (var link in links)
        {
            json.WriteStartObject();
            json.WriteString("href"u8, link.Url);
            json.WriteString("text"u8, link.Label);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteOne(Utf8JsonWriter json, Alert alert, AlertFinding finding)
    {
        json.WriteString("component"u8, AlertText.Line(finding.Subject, MaxName));
        json.WriteString("class"u8, finding.Reason.ToString());
        if (finding.Environment is { Length: > 0 } environment)
        {
            json.WriteString("group"u8, AlertText.Line(environment, MaxName));
        }

        json.WriteStartObject("custom_details"u8);
        json.WriteString("message"u8, AlertWords.Message(alert, MaxSentence));
        foreach (var fact in AlertWords.Facts(finding))
        {
            json.WriteString(fact.Label.ToLowerInvariant(), fact.Value);
        }

        json.WriteEndObject();
    }

    private static void WriteMany(Utf8JsonWriter json, Alert alert)
    {
        json.WriteStartObject("custom_details"u8);
        json.WriteStartArray("findings"u8);
        var named = alert.Findings.Take(MostFindings).ToList();
        named.ForEach(finding => json.WriteStringValue(
            $"{AlertWords.Headline(finding, MaxName)}. {AlertWords.Message(finding, MaxSentence)}"));
        json.WriteEndArray();
        if (AlertWords.More(alert, named.Count) is { } more)
        {
            json.WriteString("more"u8, more);
        }

        json.WriteEndObject();
    }

    private static string Summary(Alert alert) => AlertWords.Message(alert, MaxSentence) is { Length: > 0 } message
        ? AlertText.Line($"{AlertWords.Title(alert, MaxSummary)}. {message}", MaxSummary)
        : AlertWords.Title(alert, MaxSummary);

    private static ReadOnlySpan<byte> SeverityOf(Alert alert) => alert.Severity switch
    {
        Severity.Critical => "critical"u8,
        Severity.Warning => "warning"u8,
        _ => "info"u8,
    };
}
