using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace KeyRotator.Alerts;

/// <summary>Prometheus Alertmanager, API v2: it is told what fires, all of it every time, and groups, silences and notifies by
/// itself.</summary>
/// <remarks>An alert is its labels. <c>endsAt</c> is always given: its time for what has ended, and for what fires the time until which
/// that holds unless it is told again, so that neither a missed request nor a long cadence resolves it. Source:
/// prometheus/alertmanager, <c>api/v2/openapi.yaml</c> and <c>docs/alerts_api.md</c>, read 2026-10.</remarks>
internal sealed class AlertmanagerChannel : IAlertChannel, IStateChannel
{
    /// <summary>The longest body in bytes.</summary>
    public const int MaxBytes = 256_000;

    /// <summary>The most alerts in one request.</summary>
    public const int MostAlerts = 500;

    private const int MaxSummary = 300;
    private const int MaxSentence = 1_000;
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    /// <inheritdoc />
    public string Kind => "alertmanager";

    /// <inheritdoc />
    public string IdentityOf(AlertFinding finding, string? installation) => AlertmanagerLabels.IdentityOf(finding, installation);

    /// <inheritdoc />
    public IReadOnlyList<Alert> Parts(Alert state)
    {
        var parts = new List<Alert>();
        for (var start = 0; start < state.Findings.Count || parts.Count == 0;)
        {
            var taken = Fitting(state, start).Count;
            parts.Add(state with { Findings = [.. state.Findings.Skip(start).Take(taken)] });
            start += Math.Max(taken, 1);
        }

        return parts;
    }

    /// <inheritdoc />
    public HttpRequestMessage CreateRequest(Alert alert, ChannelSettings channel, DateTimeOffset now)
    {
        byte[] body = [(byte)'[', .. Joined(Fitting(alert, 0)), (byte)']'];
        var request = new HttpRequestMessage(HttpMethod.Post, channel.Url.Reveal().TrimEnd('/') + "/api/v2/alerts")
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = s_json;
        if (channel.ApiKey is { } authorization)
        {
            request.Headers.Add("Authorization", authorization.Reveal());
        }

        return request;
    }

    /// <inheritdoc />
    /// <remarks>400 says that an alert is wrong, and it stays wrong. Whatever else it says may be mended.</remarks>
    public DeliveryOutcome ReadAnswer(int status, ReadOnlySpan<byte> body) => status switch
    {
        >= 200 and <= 299 => DeliveryOutcome.Delivered,
        400 => DeliveryOutcome.Refused,
        410 => DeliveryOutcome.Gone,
        _ => DeliveryOutcome.Retry,
    };

    private static List<byte[]> Fitting(Alert alert, int start) => JsonBody.Fitting(
        alert.Findings.Skip(start).Take(MostAlerts).Select(finding => JsonBody.Write(json => Write(json, alert, finding))), MaxBytes - 2);

    private static byte[] Joined(List<byte[]> items)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        for (var index = 0; index < items.Count; index++)
        {
            buffer.Write(index == 0 ? [] : ","u8);
            buffer.Write(items[index]);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Alert alert, AlertFinding finding)
    {
        json.WriteStartObject("labels"u8);
        foreach (var (name, value) in AlertmanagerLabels.Of(finding, alert.Installation))
        {
            json.WriteString(name, value);
        }

        if (alert.IsTrial)
        {
            json.WriteString("trial"u8, "true"u8);
        }

        json.WriteEndObject();
        json.WriteStartObject("annotations"u8);
        json.WriteString("summary"u8, (alert.IsTrial ? "[TEST] " : "") + AlertWords.Headline(finding, MaxSummary));
        json.WriteString("description"u8, AlertWords.Message(finding, MaxSentence));
        WriteLink(json, "runbook_url", AlertText.Guide(finding.RunbookUrl));
        WriteLink(json, "console", AlertText.Link(finding.ConsoleUrl));
        json.WriteEndObject();
        WriteTime(json, "startsAt", finding.OpenedAt);
        if ((finding.ResolvedAt ?? alert.At + alert.State?.Holds) is { } end)
        {
            WriteTime(json, "endsAt", end > finding.OpenedAt ? end : finding.OpenedAt); // it takes no end before the start
        }

        WriteLink(json, "generatorURL", AlertText.Link(finding.ConsoleUrl));
    }

    private static void WriteLink(Utf8JsonWriter json, string name, string? link)
    {
        if (link is not null)
        {
            json.WriteString(name, link);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset at) =>
        json.WriteString(name, at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
