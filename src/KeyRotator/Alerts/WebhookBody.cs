using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KeyRotator.Audit;

namespace KeyRotator.Alerts;

/// <summary>The JSON of the webhook channel, version 1: <c>{"type", "timestamp", "data": {"version", "alertId", "kind", "severity",
/// "findings", "omitted"}}</c>; in a digest <c>data</c> has
/// <c>common</c>, <c>tally</c> (<c>{"new", "stillOpen", "over", "withdrawn"}</c>) and <c>audit</c>, the audit's head (<c>{"sequence",
/// "hash"}</c>), too, and each finding <c>change</c>.</summary>
/// <remarks>A contract: members are added, never renamed or removed, while <c>version</c> stays 1. Times are RFC 3339 UTC in whole seconds,
/// unknown is null, enum members are
/// their names. Never longer than <see cref="MaxBytes"/>: long texts are cut with an ellipsis, and a digest says in <c>omitted</c> how many
/// findings it does not name.</remarks>
internal static class WebhookBody
{
    /// <summary>The longest body in bytes.</summary>
    public const int MaxBytes = 20_000;

    private const int EnvelopeBytes = 1_800;
    private const int MaxName = 200;
    private const int MaxMessage = 1000;

    /// <summary>The body; the same bytes for the same alert.</summary>
    public static byte[] Write(Alert alert)
    {
        var findings = Fitting(alert);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, TypeOf(alert.Kind));
            WriteTime(json, "timestamp"u8, alert.At);
            json.WriteStartObject("data"u8);
            json.WriteNumber("version"u8, 1);
            json.WriteString("alertId"u8, alert.Id);
            json.WriteString("kind"u8, alert.Kind.ToString());
            json.WriteString("severity"u8, alert.Severity.ToString());
            json.WriteStartArray("findings"u8);
            findings.ForEach(finding => json.WriteRawValue(finding, skipInputValidation: true));
            json.WriteEndArray();
            json.WriteNumber("omitted"u8, alert.Omitted + alert.Findings.Count - findings.Count);
            WriteGroup(json, alert);
            WriteAudit(json, alert.Audit);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteGroup(Utf8JsonWriter json, Alert alert)
    {
        if (alert.Tally is { } tally)
        {
            WriteText(json, "common"u8, alert.Common, MaxName);
            json.WriteStartObject("tally"u8);
            json.WriteNumber("new"u8, tally.New);
            json.WriteNumber("stillOpen"u8, tally.StillOpen);
            json.WriteNumber("over"u8, tally.Over);
            json.WriteNumber("withdrawn"u8, tally.Withdrawn);
            json.WriteEndObject();
        }
    }

    private static void WriteAudit(Utf8JsonWriter json, AuditHead? head)
    {
        if (head is not null)
        {
            json.WriteStartObject("audit"u8);
            json.WriteNumber("sequence"u8, head.Sequence);
            json.WriteString("hash"u8, head.Hash);
            json.WriteEndObject();
        }
    }

    private static string TypeOf(AlertKind kind) => kind switch
    {
        AlertKind.Test => "keyrotator.test",
        AlertKind.Trigger => "keyrotator.finding.triggered",
        AlertKind.Reminder => "keyrotator.finding.reminded",
        AlertKind.Resolved => "keyrotator.finding.resolved",
        AlertKind.Digest => "keyrotator.digest",
        AlertKind.Withdrawn => "keyrotator.finding.withdrawn",
        _ => throw new UnreachableException(),
    };

    private static List<byte[]> Fitting(Alert alert)
    {
        var left = MaxBytes - EnvelopeBytes;
        return [.. alert.Findings.Select(Write).TakeWhile(finding => (left -= finding.Length + 1) >= 0)];
    }

    private static byte[] Write(AlertFinding finding)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, finding.Id);
            json.WriteString("reason"u8, finding.Reason.ToString());
            json.WriteString("severity"u8, finding.Severity.ToString());
            if (finding.Change is { } change)
            {
                json.WriteString("change"u8, change.ToString());
            }

            json.WriteStartObject("subject"u8);
            json.WriteString("kind"u8, finding.SubjectKind.ToString());
            WriteText(json, "name"u8, finding.Subject, MaxName);
            json.WriteEndObject();
            WriteText(json, "message"u8, finding.Message, MaxMessage);
            WriteTime(json, "openedAt"u8, finding.OpenedAt);
            WriteTime(json, "resolvedAt"u8, finding.ResolvedAt);
            WriteFacts(json, finding);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteFacts(Utf8JsonWriter json, AlertFinding finding)
    {
        if (finding.Rung is { } rung)
        {
            json.WriteNumber("rung"u8, rung);
        }
        else
        {
            json.WriteNull("rung"u8);
        }

        WriteText(json, "provider"u8, finding.Provider, MaxName);
        WriteText(json, "environment"u8, finding.Environment, MaxName);
        WriteText(json, "owner"u8, finding.Owner, MaxName);
        WriteText(json, "fingerprint"u8, finding.Fingerprint, MaxName);
        WriteTime(json, "expiresAt"u8, finding.ExpiresAt);
        json.WriteStartObject("links"u8);
        json.WriteString("console"u8, AlertText.Link(finding.ConsoleUrl));
        json.WriteString("runbook"u8, AlertText.Guide(finding.RunbookUrl));
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text, int maxLength) =>
        json.WriteString(name, AlertText.Cut(text, maxLength));

    private static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? at) =>
        json.WriteString(name, at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
