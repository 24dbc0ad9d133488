using System.Globalization;
using System.Text.Json;
using KeyRotator.Keys;

namespace KeyRotator.Cli.Output;

/// <summary>A rotation in JSON: member names are a contract.</summary>
internal static class RotationJson
{
    /// <summary>One rotation with its story: what was done when and by whom, and what is to be done now.</summary>
    public static void WriteStory(
        Utf8JsonWriter json, KeyRotation rotation, IReadOnlyList<RotationEvent> events, IReadOnlyList<string> next)
    {
        json.WriteStartObject();
        Write(json, rotation);
        json.WriteStartArray("story");
        foreach (var told in events)
        {
            json.WriteStartObject();
            json.WriteTime("at", told.At);
            json.WriteString("actor", told.Actor);
            json.WriteString("what", told.What);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStrings("next", next);
        json.WriteEndObject();
    }

    /// <summary>The members, into an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, KeyRotation rotation)
    {
        json.WriteNumber("id", rotation.Id);
        json.WriteString("key", rotation.KeyId.Value);
        json.WriteString("kind", rotation.Kind.ToString());
        json.WriteString("phase", rotation.Phase.ToString());
        json.WriteString("actor", rotation.Actor);
        json.WriteTime("submittedAt", rotation.SubmittedAt);
        json.WriteString("oldFingerprint", rotation.OldFingerprint?.Short);
        json.WriteString("newFingerprint", rotation.NewFingerprint.Short);
        json.WriteBoolean("emergency", rotation.IsEmergency);
        json.WriteTime("liveAt", rotation.LiveAt);
        json.WriteTime("graceEndsAt", rotation.GraceEndsAt);
        json.WriteTime("revokedAt", rotation.RevokedAt);
        json.WriteNumber("rejections", rotation.Death.Rejections);
        json.WriteTime("nextAt", rotation.NextAt);
        json.WriteString("needs", rotation.Needs);
        json.WriteString("outcome", rotation.Outcome);
        json.WriteTime("endedAt", rotation.EndedAt);
        json.WriteTime("dueAt", rotation.Terms.DueAt);
        json.WriteTime("lapsesAt", rotation.Phase is RotationPhase.Held ? rotation.Terms.LapsesAt : null);
        json.WriteNumber("approvals", rotation.Terms.Approvals);
        json.WriteString("approvedBy", rotation.Terms.Approval?.By);
        json.WriteTime("approvedAt", rotation.Terms.Approval?.At);
        json.WriteStartArray("locations");
        foreach (var location in rotation.Places)
        {
            json.WriteStartObject();
            json.WriteBoolean("keepsOld", location.IsKept);
            json.WriteBoolean("holdsNew", location.IsHeld);
            json.WriteString("store", location.Location.Store);
            json.WriteString("name", location.Location.Name);
            json.WriteString("field", location.Location.Field);
            json.WriteString("step", location.Step.ToString());
            json.WriteString("version", location.NewVersion);
            json.WriteString("pin", location.Care.Pin.ToString());
            json.WriteString("mark", location.Care.Mark.ToString());
            json.WriteString("purge", location.Care.Purge.ToString());
            json.WriteString("oldReadByOthersOn", location.Care.ReadByOthersOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteTime("oldReadersSeenAt", location.Care.ReadersSeenAt);
            json.WriteString("fault", location.Fault);
            json.WriteTime("retryAt", location.RetryAt);
            json.WriteString("foreignFingerprint", location.Foreign?.Fingerprint?.Short);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
