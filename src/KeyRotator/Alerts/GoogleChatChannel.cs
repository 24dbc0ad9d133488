using System.Text.Json;

namespace KeyRotator.Alerts;

/// <summary>A Google Chat webhook: a card a message; a finding's trigger, reminders and end stand in one thread.</summary>
/// <remarks>Cards format some HTML tags, so <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c> are escaped in them; the text beside the card formats
/// <c>*</c>, <c>_</c>, <c>~</c>, backticks and <c>&lt;users/all&gt;</c>, so it has none of these. Limit: 32,000 bytes. Source:
/// developers.google.com/chat, incoming webhooks, limits and messages.create.</remarks>
internal sealed class GoogleChatChannel : IAlertChannel
{
    /// <summary>The longest body in bytes.</summary>
    public const int MaxBytes = 32_000;

    private const int EnvelopeBytes = 4_000;
    private const int MaxTitle = 200;
    private const int MaxSentence = 1_000;
    private const int MostFindings = 20;

    /// <inheritdoc />
    public string Kind => "googlechat";

    /// <inheritdoc />
    public HttpRequestMessage CreateRequest(Alert alert, ChannelSettings channel, DateTimeOffset now)
    {
        var url = channel.Url.Reveal();
        var thread = alert.Findings is [var only] ? only.Id : alert.Id;
        var threaded = $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}threadKey={Uri.EscapeDataString(thread)}"
            + "&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";
        return JsonBody.Post(threaded, json => Write(json, alert));
    }

    /// <inheritdoc />
    /// <remarks>A space or webhook that is gone (404) or a token that is refused (401, 403) can be mended: that is tried again until the
    /// schedule ends.</remarks>
    public DeliveryOutcome ReadAnswer(int status, ReadOnlySpan<byte> body) => status switch
    {
        >= 200 and <= 299 => DeliveryOutcome.Delivered,
        400 or 413 => DeliveryOutcome.Refused,
        410 => DeliveryOutcome.Gone,
        _ => DeliveryOutcome.Retry,
    };

    private static void Write(Utf8JsonWriter json, Alert alert)
    {
        json.WriteString("text"u8, Unformatted(AlertWords.Title(alert, MaxTitle)));
        json.WriteStartArray("cardsV2"u8);
        json.WriteStartObject();
        json.WriteString("cardId"u8, alert.Id);
        json.WriteStartObject("card"u8);
        json.WriteStartObject("header"u8);
        json.WriteString("title"u8, Escape(AlertWords.Title(alert, MaxTitle)));
        json.WriteEndObject();
        json.WriteStartArray("sections"u8);
        json.WriteStartObject();
        json.WriteStartArray("widgets"u8);
        WriteWidgets(json, alert);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteWidgets(Utf8JsonWriter json, Alert alert)
    {
        if (AlertWords.Message(alert, MaxSentence) is { Length: > 0 } message)
        {
            json.WriteRaw([Decorated(null, message)]);
        }

        if (alert.Findings is [var finding])
        {
            json.WriteRaw(AlertWords.Facts(finding).Select(fact => Decorated(fact.Label, fact.Value)));
            WriteLinks(json, alert);
            return;
        }

        var items = alert.Findings.Take(MostFindings)
            .Select(finding => Decorated(AlertWords.Headline(finding, MaxTitle), AlertWords.Message(finding, MaxSentence)));
        var fitting = JsonBody.Fitting(items, MaxBytes - EnvelopeBytes - AlertLinks.MostBytes);
        json.WriteRaw(fitting);
        if (AlertWords.More(alert, fitting.Count) is { } more)
        {
            json.WriteRaw([Decorated(null, more)]);
        }
        else if (alert.Findings.Count == 0)
        {
            json.WriteRaw([Decorated(null, "KeyRotator")]);
        }

        WriteLinks(json, alert);
    }

    private static void WriteLinks(Utf8JsonWriter json, Alert alert)
    {
        if (AlertLinks.Of(alert) is not { Count: > 0 } links)
        {
            return;
        }

        json.WriteRaw([JsonBody.Write(widget =>
        {
            widget.WriteStartObject("buttonList"u8);
            widget.WriteStartArray("buttons"u8);
            foreach (var link in links)
            {
                widget.WriteStartObject();
                widget.WriteString("text"u8, link.Label);
                widget.WriteStartObject("onClick"u8);
                widget.WriteStartObject("openLink"u8);
                widget.WriteString("url"u8, link.Url);
                widget.WriteEndObject();
                widget.WriteEndObject();
                widget.WriteEndObject();
            }

            widget.WriteEndArray();
            widget.WriteEndObject();
        })]);
    }

    private static byte[] Decorated(string? label, string text) => JsonBody.Write(json =>
    {
        json.WriteStartObject("decoratedText"u8);
        if (label is not null)
        {
            json.WriteString("topLabel"u8, Escape(label));
        }

        json.WriteString("text"u8, Escape(text.Length == 0 ? " " : text));
        json.WriteBoolean("wrapText"u8, true);
        json.WriteEndObject();
    });

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Unformatted(string text) =>
        string.Concat(text.Select(letter => letter is '*' or '_' or '~' or '`' or '<' or '>' ? ' ' : letter));
}
