using System.Text.Json;

namespace KeyRotator.Alerts;

/// <summary>Microsoft Teams by a Workflows webhook: a message with one Adaptive Card.</summary>
/// <remarks>All text stands in text runs, which Teams does not format: no name can make a link or a list. Cards of version 1.4, the last
/// that Teams shows. Sources: MicrosoftDocs/msteams-docs, Flux's and Alertmanager's notifiers. That a card may have 28 KB is commonly said
/// and not confirmed, so ours has less.</remarks>
internal sealed class TeamsChannel : IAlertChannel
{
    /// <summary>The longest body in bytes.</summary>
    public const int MaxBytes = 24_000;

    private const int EnvelopeBytes = 3_000;
    private const int MaxTitle = 250;
    private const int MaxSentence = 1_000;
    private const int MostFindings = 20;

    /// <inheritdoc />
    public string Kind => "teams";

    /// <inheritdoc />
    public HttpRequestMessage CreateRequest(Alert alert, ChannelSettings channel, DateTimeOffset now) =>
        JsonBody.Post(channel.Url.Reveal(), json => Write(json, alert));

    /// <inheritdoc />
    /// <remarks>A workflow that is gone (404), or whose owner has left (401), can be mended by an administrator: that is tried again until
    /// the schedule ends. The old connectors said in the body of a 200 that they were throttled.</remarks>
    public DeliveryOutcome ReadAnswer(int status, ReadOnlySpan<byte> body) => status switch
    {
        >= 200 and <= 299 => body.IndexOf("HTTP error"u8) >= 0 ? DeliveryOutcome.Retry : DeliveryOutcome.Delivered,
        410 => DeliveryOutcome.Gone,
        400 or 413 => DeliveryOutcome.Refused,
        _ => DeliveryOutcome.Retry,
    };

    private static void Write(Utf8JsonWriter json, Alert alert)
    {
        json.WriteString("type"u8, "message"u8);
        json.WriteStartArray("attachments"u8);
        json.WriteStartObject();
        json.WriteString("contentType"u8, "application/vnd.microsoft.card.adaptive"u8);
        json.WriteNull("contentUrl"u8);
        json.WriteStartObject("content"u8);
        json.WriteString("$schema"u8, "http://adaptivecards.io/schemas/adaptive-card.json"u8);
        json.WriteString("type"u8, "AdaptiveCard"u8);
        json.WriteString("version"u8, "1.4"u8);
        json.WriteStartObject("msteams"u8);
        json.WriteString("width"u8, "Full"u8);
        json.WriteEndObject();
        json.WriteStartArray("body"u8);
        WriteBody(json, alert);
        json.WriteEndArray();
        WriteLinks(json, alert);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteBody(Utf8JsonWriter json, Alert alert)
    {
        json.WriteRaw([Paragraph(new TextRun(AlertWords.Title(alert, MaxTitle)) { IsTitle = true, Colour = ColourOf(alert) })]);
        if (AlertWords.Message(alert, MaxSentence) is { Length: > 0 } message)
        {
            json.WriteRaw([Paragraph(new TextRun(message))]);
        }

        if (alert.Findings is [var finding])
        {
            json.WriteRaw(AlertWords.Facts(finding).Select(
                fact => Paragraph(new TextRun($"{fact.Label}: ") { IsBold = true }, new TextRun(fact.Value))));
            return;
        }

        var items = alert.Findings.Take(MostFindings).Select(finding => Paragraph(
            new TextRun($"{AlertWords.Headline(finding, MaxTitle)}. ") { IsBold = true }, new TextRun(
                AlertWords.Message(finding, MaxSentence))));
        var fitting = JsonBody.Fitting(items, MaxBytes - EnvelopeBytes - AlertLinks.MostBytes);
        json.WriteRaw(fitting);
        if (AlertWords.More(alert, fitting.Count) is { } more)
        {
            json.WriteRaw([Paragraph(new TextRun(more))]);
        }
    }

    private static void WriteLinks(Utf8JsonWriter json, Alert alert)
    {
        if (AlertLinks.Of(alert) is not { Count: > 0 } links)
        {
            return;
        }

        json.WriteStartArray("actions"u8);
        foreach (var link in links)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "Action.OpenUrl"u8);
            json.WriteString("title"u8, link.Label);
            json.WriteString("url"u8, link.Url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static byte[] Paragraph(params TextRun[] runs) => JsonBody.Write(json =>
    {
        json.WriteString("type"u8, "RichTextBlock"u8);
        json.WriteStartArray("inlines"u8);
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "TextRun"u8);
            json.WriteString("text"u8, run.Text);
            if (run.IsBold || run.IsTitle)
            {
                json.WriteString("weight"u8, "Bolder"u8);
            }

            if (run.IsTitle)
            {
                json.WriteString("size"u8, "Large"u8);
            }

            if (run.Colour is { } colour)
            {
                json.WriteString("color"u8, colour);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string? ColourOf(Alert alert) => AlertWords.MoodOf(alert) switch
    {
        AlertMood.Bad => "Attention",
        AlertMood.Uneasy => "Warning",
        AlertMood.Good => "Good",
        _ => null,
    };

    private sealed record TextRun(string Text)
    {
        public bool IsTitle { get; init; }

        public bool IsBold { get; init; }

        public string? Colour { get; init; }
    }
}
