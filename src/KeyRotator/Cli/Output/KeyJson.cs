using System.Text.Json;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Cli.Output;

/// <summary>Writes reports as JSON. Names and order of the members are a contract; what is unknown is null.</summary>
internal static class KeyJson
{
    /// <summary>One key.</summary>
    public static void Write(Utf8JsonWriter json, KeyReport report, FindingAttention attention)
    {
        json.WriteStartObject();
        WriteMembers(json, report, attention);
        json.WriteEndObject();
    }

    /// <summary>One key's members, for a document that has more of it.</summary>
    public static void WriteMembers(Utf8JsonWriter json, KeyReport report, FindingAttention attention)
    {
        json.WriteString("id", report.Id);
        json.WriteString("provider", report.Provider);
        json.WriteString("environment", report.Environment);
        json.WriteString("owner", report.Owner);
        json.WriteString("state", report.State?.ToString());
        json.WriteString("verdict", report.Verdict.ToString());
        json.WriteString("reason", report.Reason.ToString());
        json.WriteNumberOrNull("httpStatus", report.HttpStatus);
        json.WriteTime("verdictSince", report.VerdictSince);
        json.WriteString("fingerprint", report.Fingerprint);
        json.WriteTime("expiresAt", report.ExpiresAt);
        json.WriteString("expirySource", report.ExpirySource.ToString());
        json.WriteTime("rotationDueAt", report.RotationDueAt);
        json.WriteTime("nextCheckAt", report.NextCheckAt);
        json.WriteTime("checkedAt", report.CheckedAt);
        WriteSuspension(json, report.Suspension);
        WriteWaiting(json, report.Waiting);
        WriteLocations(json, report.Locations);
        WriteFindings(json, report.Findings, attention, withSubject: false);
    }

    /// <summary>The member <c>findings</c>; with what each is about where that does not go without saying.</summary>
    public static void WriteFindings(
        Utf8JsonWriter json, IEnumerable<Finding> findings, FindingAttention attention, bool withSubject)
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            if (withSubject)
            {
                json.WriteString("subjectKind", finding.Key.Subject.Kind.ToString());
                json.WriteString("subject", finding.Key.Subject.Name);
            }

            json.WriteString("reason", finding.Key.Reason.ToString());
            json.WriteString("severity", finding.Severity.ToString());
            json.WriteString("message", finding.Message);
            json.WriteTime("openedAt", finding.OpenedAt);
            json.WriteTime("heldUntil", finding.HeldUntil);
            var ack = attention.AckOf(finding);
            json.WriteString("acknowledgedBy", ack?.By);
            json.WriteTime("acknowledgedUntil", ack?.Until);
            json.WriteTime("silencedUntil", attention.SilenceOf(finding)?.Until);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The member <c>suspension</c>: who holds a key; null where nobody does.</summary>
    public static void WriteSuspension(Utf8JsonWriter json, Suspension? suspension)
    {
        if (suspension is null)
        {
            json.WriteNull("suspension");
            return;
        }

        json.WriteStartObject("suspension");
        json.WriteBoolean("byConfiguration", suspension.IsDeclared);
        json.WriteString("by", suspension.By);
        json.WriteTime("since", suspension.Since);
        json.WriteString("reason", suspension.Reason);
        json.WriteTime("until", suspension.Until);
        json.WriteEndObject();
    }

    /// <summary>The member <c>summary</c>.</summary>
    public static void WriteSummary(Utf8JsonWriter json, ReportTally tally)
    {
        json.WriteStartObject("summary");
        json.WriteNumber("keys", tally.Keys);
        json.WriteNumber("accepted", tally[Verdict.Accepted]);
        json.WriteNumber("rejected", tally[Verdict.Rejected]);
        json.WriteNumber("inconclusive", tally[Verdict.Inconclusive]);
        json.WriteStartObject("findings");
        json.WriteNumber("critical", tally[Severity.Critical]);
        json.WriteNumber("warning", tally[Severity.Warning]);
        json.WriteNumber("info", tally[Severity.Info]);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteWaiting(Utf8JsonWriter json, WaitingRotation? waiting)
    {
        if (waiting is null)
        {
            json.WriteNull("waitingRotation");
            return;
        }

        json.WriteStartObject("waitingRotation");
        json.WriteNumber("id", waiting.Id);
        json.WriteTime("dueAt", waiting.DueAt);
        json.WriteTime("lapsesAt", waiting.LapsesAt);
        json.WriteBoolean("awaitsApproval", waiting.AwaitsApproval);
        json.WriteEndObject();
    }

    private static void WriteLocations(Utf8JsonWriter json, IReadOnlyList<LocationStatus> locations)
    {
        json.WriteStartArray("locations");
        foreach (var seen in locations)
        {
            json.WriteStartObject();
            json.WriteString("store", seen.Location.Store);
            json.WriteString("name", seen.Location.Name);
            json.WriteString("field", seen.Location.Field);
            json.WriteString("version", seen.Version);
            json.WriteString("fingerprint", seen.Fingerprint?.Short);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
