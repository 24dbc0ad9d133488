using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KeyRotator.Alerts;

/// <summary>A Discord webhook: an embed a finding.</summary>
/// <remarks>No text mentions anybody (<c>allowed_mentions</c> is empty), and what Discord would format is escaped. Limits: 10 embeds; title
/// 256 characters, description 4,096, 25 fields of 256 and 1,024, 6,000 over all embeds. Source: discord/discord-api-docs, webhook and
/// message.</remarks>
internal sealed class DiscordChannel : IAlertChannel
{
    private const int MostEmbeds = 10;
    private const int MaxTitle = 200;
    private const int MaxSentence = 1_000;
    private const int MaxInDigest = 240;
    private const int Red = 0x992D22;
    private const int Amber = 0xE67E22;
    private const int Green = 0x2ECC71;
    private const int Grey = 0x95A5A6;

    /// <inheritdoc />
    public string Kind => "discord";

    /// <inheritdoc />
    public HttpRequestMessage CreateRequest(Alert alert, ChannelSettings channel, DateTimeOffset now) =>
        JsonBody.Post(channel.Url.Reveal(), json => Write(json, alert));

    /// <inheritdoc />
    /// <remarks>A webhook that was deleted (404) can be made again, and its address exchanged: that is tried until the schedule
    /// ends.</remarks>
    public DeliveryOutcome ReadAnswer(int status, ReadOnlySpan<byte> body) => status switch
    {
        >= 200 and <= 299 => DeliveryOutcome.Delivered,
        400 or 413 => DeliveryOutcome.Refused,
        410 => DeliveryOutcome.Gone,
        _ => DeliveryOutcome.Retry,
    };

    private static void Write(Utf8JsonWriter json, Alert alert)
    {
        json.WriteString("username"u8, "KeyRotator"u8);
        json.WriteStartObject("allowed_mentions"u8);
        json.WriteStartArray("parse"u8);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("embeds"u8);
        if (alert.Findings.Count > 1)
        {
            WriteMany(json, alert);
        }
        else
        {
            WriteOne(json, alert);
        }

        json.WriteEndArray();
    }

    private static void WriteOne(Utf8JsonWriter json, Alert alert)
    {
        json.WriteStartObject();
        json.WriteString("title"u8, Escape(AlertWords.Title(alert, MaxTitle), MaxTitle));
        json.WriteString("description"u8, Escape(AlertWords.Message(alert, MaxSentence), 2 * MaxSentence));
        json.WriteNumber("color"u8, ColourOf(alert));
        json.WriteString("timestamp"u8, alert.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (alert.Findings is [var finding])
        {
            if (AlertText.Link(finding.ConsoleUrl) is { } link)
            {
                json.WriteString("url"u8, link);
            }

            json.WriteStartArray("fields"u8);
            foreach (var fact in AlertWords.Facts(finding))
            {
                json.WriteStartObject();
                json.WriteString("name"u8, fact.Label);
                json.WriteString("value"u8, Escape(fact.Value, 2 * MaxTitle));
                json.WriteBoolean("inline"u8, true);
                json.WriteEndObject();
            }

            if (AlertText.Guide(finding.RunbookUrl) is { } runbook)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, "Runbook"u8);
                json.WriteString("value"u8, runbook);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteMany(Utf8JsonWriter json, Alert alert)
    {
        var named = alert.Findings.Take(MostEmbeds - 1).ToList();
        json.WriteStartObject();
        json.WriteString("title"u8, Escape(AlertWords.Title(alert, MaxTitle), MaxTitle));
        json.WriteNumber("color"u8, ColourOf(alert));
        if (AlertWords.More(alert, named.Count) is { } more)
        {
            json.WriteString("description"u8, more);
        }

        json.WriteEndObject();
        foreach (var finding in named)
        {
            json.WriteStartObject();
            json.WriteString("title"u8, Escape(AlertWords.Headline(finding, MaxTitle), MaxTitle));
            json.WriteString("description"u8, Escape(AlertWords.Message(finding, MaxInDigest), 2 * MaxInDigest));
            json.WriteEndObject();
        }
    }

    // Cut after escaping, because the limits count what is sent; a backslash that would be left alone at the end goes too.
    private static string Escape(string text, int most)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var letter in text)
        {
            if (letter is '\\' or '*' or '_' or '~' or '`' or '|' or '>' or '<' or '#' or '[' or ']' or '@' or ':')
            {
                escaped.Append('\\');
            }

            escaped.Append(letter);
        }

        var cut = AlertText.Cut(escaped.ToString(), most)!;
        return cut.EndsWith("\\…", StringComparison.Ordinal) ? $"{cut[..^2].TrimEnd('\\')}…" : cut;
    }

    private static int ColourOf(Alert alert) => AlertWords.MoodOf(alert) switch
    {
        AlertMood.Bad => Red,
        AlertMood.Uneasy => Amber,
        AlertMood.Good => Green,
        _ => Grey,
    };
}
