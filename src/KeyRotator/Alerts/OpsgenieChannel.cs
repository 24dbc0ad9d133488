using System.Text.Json;
using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>Opsgenie's alerts: a finding is an alert, its end closes it.</summary>
/// <remarks>The alias is the finding's id, so reminders add to the same alert. Opsgenie itself is at its end of sale; its successor is
/// <see cref="JiraChannel"/>. Limits: message 130 characters, alias 512, description 15,000. Sources: docs.opsgenie.com, Alertmanager's
/// notifier.</remarks>
internal class OpsgenieChannel(string kind, Uri address) : IAlertChannel
{
    private const int MaxMessage = 130;
    private const int MaxDescription = 15_000;
    private const int MaxName = 200;
    private const int MaxSentence = 1_000;

    /// <summary>Opsgenie itself.</summary>
    public OpsgenieChannel()
        : this("opsgenie", new("https://api.opsgenie.com"))
    {
    }

    /// <inheritdoc />
    public string Kind => kind;

    /// <inheritdoc />
    public Uri DefaultUrl => address;

    /// <inheritdoc />
    public bool TakesOneFindingEach => true;

    /// <inheritdoc />
    public HttpRequestMessage CreateRequest(Alert alert, ChannelSettings channel, DateTimeOffset now)
    {
        var alerts = channel.Url.Reveal().TrimEnd('/') + "/v2/alerts";
        var alias = alert.Findings is [var only] ? only.Id : alert.Id;
        var request = alert.Kind is AlertKind.Resolved or AlertKind.Withdrawn
            ? JsonBody.Post($"{alerts}/{Uri.EscapeDataString(alias)}/close?identifierType=alias", json => WriteEnd(json, alert))
            : JsonBody.Post(alerts, json => Write(json, alert, alias));
        request.Headers.TryAddWithoutValidation("Authorization", $"GenieKey {channel.ApiKey?.Reveal()}");
        return request;
    }

    /// <inheritdoc />
    /// <remarks>202 is taken in; 400 and 422 say that the alert is wrong, and it stays wrong. A wrong API key (401, 403) can be
    /// mended.</remarks>
    public DeliveryOutcome ReadAnswer(int status, ReadOnlySpan<byte> body) => status switch
    {
        >= 200 and <= 299 => DeliveryOutcome.Delivered,
        400 or 422 => DeliveryOutcome.Refused,
        410 => DeliveryOutcome.Gone,
        _ => DeliveryOutcome.Retry,
    };

    private static void WriteEnd(Utf8JsonWriter json, Alert alert)
    {
        json.WriteString("source"u8, "keyrotator"u8);
        json.WriteString(
            "note"u8, AlertText.Line($"{AlertWords.Title(alert, MaxName)}. {AlertWords.Message(alert, MaxSentence)}", MaxSentence));
    }

    private static void Write(Utf8JsonWriter json, Alert alert, string alias)
    {
        json.WriteString("message"u8, AlertWords.Title(alert, MaxMessage));
        json.WriteString("alias"u8, alias);
        json.WriteString("description"u8, Description(alert));
        json.WriteString("source"u8, "keyrotator"u8);
        json.WriteString("priority"u8, PriorityOf(alert));
        json.WriteStartArray("tags"u8);
        json.WriteStringValue("keyrotator"u8);
        json.WriteEndArray();
        if (alert.Findings is not [var finding])
        {
            return;
        }

        json.WriteString("entity"u8, AlertText.Line(finding.Subject, MaxName));
        json.WriteStartObject("details"u8);
        json.WriteString("reason"u8, finding.Reason.ToString());
        foreach (var fact in AlertWords.Facts(finding))
        {
            json.WriteString(fact.Label.ToLowerInvariant(), fact.Value);
        }

        json.WriteEndObject();
    }

    private static string Description(Alert alert)
    {
        var links = AlertLinks.Of(alert).Select(link => $"\n{link.Label}: {link.Url}");
        var lines = alert.Findings.Count > 1
            ? alert.Findings.Select(finding => $"{AlertWords.Headline(finding, MaxName)}. {AlertWords.Message(finding, MaxSentence)}")
            : [AlertWords.Message(alert, MaxSentence)];
        return AlertText.Cut(string.Join('\n', lines), MaxDescription - AlertLinks.MostBytes) + string.Concat(links);
    }

    private static ReadOnlySpan<byte> PriorityOf(Alert alert) => alert.Severity switch
    {
        Severity.Critical => "P1"u8,
        Severity.Warning => "P3"u8,
        _ => "P5"u8,
    };
}
