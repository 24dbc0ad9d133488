using System.Text.Json;

namespace KeyRotator.Alerts;

/// <summary>A Slack incoming webhook: blocks, and the headline as the notification's text.</summary>
/// <remarks>Names and sentences go out as plain text blocks, which Slack does not format; where it would (the headline, the links),
/// <c>&amp;</c>,
/// <c>&lt;</c> and <c>&gt;</c> are escaped, so that no name can mention a channel. Limits: 50 blocks, header 150 characters, section 3,000,
/// ten fields of 2,000. Sources: docs.slack.dev, Block Kit and Incoming webhooks; Alertmanager's notifier for the answers.</remarks>
internal sealed class SlackChannel : IAlertChannel
{
    /// <summary>The longest body in bytes: by choice, Slack names none.</summary>
    public const int MaxBytes = 12_000;

    private const int EnvelopeBytes = 1_500;
    private const int MaxHeader = 150;
    private const int MaxSection = 600;
    private const int MostFindings = 20;

    /// <inheritdoc />
    public string Kind => "slack";

    /// <inheritdoc />
    public HttpRequestMessage CreateRequest(Alert alert, ChannelSettings channel, DateTimeOffset now) =>
        JsonBody.Post(channel.Url.Reveal(), json => Write(json, alert));

    /// <inheritdoc />
    /// <remarks>Delivered is 200 and the text <c>ok</c>. A message that Slack calls wrong stays wrong; what it says of the webhook itself
    /// an administrator can mend, so that is tried again until the schedule ends.</remarks>
    public DeliveryOutcome ReadAnswer(int status, ReadOnlySpan<byte> body) => status switch
    {
        200 => body.Trim(" \r\n\t"u8).SequenceEqual("ok"u8) ? DeliveryOutcome.Delivered : DeliveryOutcome.Refused,
        410 => DeliveryOutcome.Gone,
        >= 400 and <= 499 when IsAboutMessage(body) => DeliveryOutcome.Refused,
        _ => DeliveryOutcome.Retry,
    };

    private static bool IsAboutMessage(ReadOnlySpan<byte> body) =>
        body.StartsWith("invalid_payload"u8) || body.StartsWith("no_text"u8) || body.StartsWith("invalid_blocks"u8)
        || body.StartsWith("too_many_attachments"u8);

    private static void Write(Utf8JsonWriter json, Alert alert)
    {
        json.WriteString("text"u8, Escape(AlertWords.Title(alert, MaxHeader)));
        json.WriteStartArray("blocks"u8);
        WriteText(json, "header"u8, AlertWords.Title(alert, MaxHeader));
        if (alert.Findings is [var finding])
        {
            WriteText(json, "section"u8, AlertWords.Message(alert, MaxSection));
            WriteOne(json, finding);
        }
        else
        {
            WriteMany(json, alert);
        }

        WriteLinks(json, alert);
        json.WriteEndArray();
    }

    private static void WriteOne(Utf8JsonWriter json, AlertFinding finding)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "section"u8);
        json.WriteStartArray("fields"u8);
        foreach (var fact in AlertWords.Facts(finding))
        {
            WritePlain(json, $"{fact.Label}: {fact.Value}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMany(Utf8JsonWriter json, Alert alert)
    {
        if (AlertWords.Message(alert, MaxSection) is { Length: > 0 } message)
        {
            WriteText(json, "section"u8, message);
        }

        var items = alert.Findings.Take(MostFindings).Select(finding => JsonBody.Write(item =>
        {
            item.WriteString("type"u8, "section"u8);
            item.WritePropertyName("text"u8);
            WritePlain(item, $"{AlertWords.Headline(finding, MaxHeader)}\n{AlertWords.Message(finding, MaxSection)}");
        }));
        var fitting = JsonBody.Fitting(items, MaxBytes - EnvelopeBytes - AlertLinks.MostBytes);
        json.WriteRaw(fitting);
        if (AlertWords.More(alert, fitting.Count) is { } more)
        {
            WriteText(json, "section"u8, more);
        }
    }

    private static void WriteLinks(Utf8JsonWriter json, Alert alert)
    {
        if (AlertLinks.Of(alert) is not { Count: > 0 } links)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "section"u8);
        json.WriteStartObject("text"u8);
        json.WriteString("type"u8, "mrkdwn"u8);
        json.WriteString("text"u8, string.Join(" · ", links.Select(link => $"<{Escape(link.Url)}|{link.Label}>")));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> type, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WritePropertyName("text"u8);
        WritePlain(json, text);
        json.WriteEndObject();
    }

    private static void WritePlain(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "plain_text"u8);
        json.WriteString("text"u8, text.Length == 0 ? " " : text);
        json.WriteBoolean("emoji"u8, false);
        json.WriteEndObject();
    }

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
}
