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
    private const int EventEnvelopeBytes = 3_000;
    private const int MaxName = 200;
    private const int MaxMessage = 1000;

    /// <summary>The body; the same bytes for the same alert.</summary>
    public static byte[] Write(Alert alert) => JsonBody.Write(json =>
    {
        json.WriteString("type"u8, TypeOf(alert.Kind));
        WriteTime(json, "timestamp"u8, alert.At);
        WriteData(json, alert, EnvelopeBytes);
    });

    /// <summary>The same data as an event of CloudEvents 1.0, structured mode; the same bytes for the same alert.</summary>
    public static byte[] WriteEvent(Alert alert) => JsonBody.Write(json =>
    {
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("id"u8, alert.Id);
        json.WriteString("source"u8, $"urn:keyrotator:{Uri.EscapeDataString(alert.Installation ?? "unknown")}");
        json.WriteString("type"u8, TypeOf(alert.Kind));
        if (alert.Findings is [var finding])
        {
            json.WriteString(
                "subject"u8, $"{finding.SubjectKind.ToString().ToLowerInvariant()}/{AlertText.Line(finding.Subject, MaxName)}");
        }

        WriteTime(json, "time"u8, alert.At);
        json.WriteString("datacontenttype"u8, "application/json"u8);
        WriteData(json, alert, EventEnvelopeBytes);
    });

    private static void WriteData(Utf8JsonWriter json, Alert alert, int envelopeBytes)
    {
        var findings = JsonBody.Fitting(alert.Findings.Select(Write), MaxBytes - envelopeBytes);
        json.WriteStartObject("data"u8);
        json.WriteNumber("version"u8, 1);
        json.WriteString("alertId"u8, alert.Id);
        json.WriteString("kind"u8, alert.Kind.ToString());
        json.WriteString("severity"u8, alert.Severity.ToString());
        if (alert.IsTrial)
        {
            json.WriteBoolean("trial"u8, true);
        }

        json.WriteStartArray("findings"u8);
        json.WriteRaw(findings);
        json.WriteEndArray();
        json.WriteNumber("omitted"u8, alert.Omitted + alert.Findings.Count - findings.Count);
        WriteGroup(json, alert);
        WriteAudit(json, alert.Audit);
        json.WriteEndObject();
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
        AlertKind.State => "keyrotator.state",
        _ => throw new UnreachableException(),
    };

    private static byte[] Write(AlertFinding finding) => JsonBody.Write(json =>
    {
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
    });

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
