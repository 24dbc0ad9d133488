using System.Text.Json;
using KeyRotator.State;

namespace KeyRotator.Cli.Output;

/// <summary>Writes a key's dossier as JSON: the members of a report, and more.</summary>
internal static class KeyDossierJson
{
    /// <summary>The document.</summary>
    public static void Write(Utf8JsonWriter json, KeyDossier dossier)
    {
        json.WriteStartObject();
        KeyJson.WriteMembers(json, dossier.Report, dossier.Attention);
        KeysListCommand.WriteDeclaration(json, dossier.Key);
        json.WriteString("account", dossier.Status?.Account);
        json.WriteStrings("missingModels", dossier.Status?.Models.Missing ?? []);
        WriteVersions(json, dossier);
        WriteHistory(json, dossier);
        json.WriteEndObject();
    }

    private static void WriteVersions(Utf8JsonWriter json, KeyDossier dossier)
    {
        json.WriteStartArray("versions");
        foreach (var version in dossier.Versions)
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", version.Sequence);
            json.WriteString("fingerprint", version.Fingerprint.Short);
            json.WriteString("state", version.State.ToString());
            json.WriteTime("firstSeenAt", version.FirstSeenAt);
            json.WriteTime("expiresAt", version.ExpiresAt);
            json.WriteString("expirySource", version.ExpirySource.ToString());
            json.WriteTime("supersededAt", version.SupersededAt);
            json.WriteTime("provenDeadAt", version.ProvenDeadAt);
            WriteTransitions(json, dossier.Transitions[version.Sequence]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTransitions(Utf8JsonWriter json, IEnumerable<KeyTransition> moves)
    {
        json.WriteStartArray("transitions");
        foreach (var move in moves)
        {
            json.WriteStartObject();
            json.WriteString("from", move.From?.ToString());
            json.WriteString("to", move.To.ToString());
            json.WriteTime("at", move.At);
            json.WriteString("by", move.By);
            json.WriteString("reason", move.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteHistory(Utf8JsonWriter json, KeyDossier dossier)
    {
        json.WriteStartArray("history");
        foreach (var run in dossier.History)
        {
            json.WriteStartObject();
            json.WriteNumber("version", run.Version);
            json.WriteString("verdict", run.Verdict.ToString());
            json.WriteString("reason", run.Reason.ToString());
            json.WriteNumberOrNull("httpStatus", run.HttpStatus);
            json.WriteTime("from", run.From);
            json.WriteTime("to", run.To);
            json.WriteNumber("checks", run.Checks);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
