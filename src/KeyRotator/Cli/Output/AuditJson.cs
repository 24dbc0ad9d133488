using System.Text.Json;
using KeyRotator.Audit;

namespace KeyRotator.Cli.Output;

/// <summary>The audit in JSON: member names are a contract.</summary>
internal static class AuditJson
{
    /// <summary>A row, as an object.</summary>
    public static void Write(Utf8JsonWriter json, AuditRow row)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence", row.Sequence);
        json.WriteTime("at", row.At);
        json.WriteString("actor", row.Actor);
        json.WriteString("how", row.How);
        json.WriteString("act", row.Act);
        json.WriteString("targetKind", row.TargetKind);
        json.WriteString("target", row.Target);
        WriteNumber(json, "rotation", row.Rotation);
        json.WriteString("reason", row.Reason);
        json.WriteString("outcome", row.Outcome);
        json.WriteString("oldFingerprint", row.OldFingerprint);
        json.WriteString("newFingerprint", row.NewFingerprint);
        WriteNumber(json, "checkpointSequence", row.CheckpointSequence);
        json.WriteString("checkpointHash", row.CheckpointHash);
        json.WriteString("hash", row.Hash);
        json.WriteEndObject();
    }

    /// <summary>A head, or null.</summary>
    public static void Write(Utf8JsonWriter json, string name, AuditHead? head)
    {
        if (head is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("sequence", head.Sequence);
        json.WriteString("hash", head.Hash);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
