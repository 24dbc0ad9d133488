using System.Text.Json;
using KeyRotator.Alerts;

namespace KeyRotator.Cli.Output;

/// <summary>Writes silences as JSON. Names and order of the members are a contract.</summary>
internal static class SilenceJson
{
    /// <summary>One silence's members.</summary>
    public static void WriteMembers(Utf8JsonWriter json, Silence silence, DateTimeOffset now)
    {
        json.WriteNumber("id", silence.Id);
        json.WriteStrings("match", silence.Matches.Select(match => match.ToString()));
        json.WriteString("by", silence.By);
        json.WriteString("reason", silence.Reason);
        json.WriteTime("since", silence.Since);
        json.WriteTime("until", silence.Until);
        json.WriteTime("endedAt", silence.EndedAt);
        json.WriteString("endedBy", silence.EndedBy);
        json.WriteBoolean("isLive", silence.Holds(now));
    }
}
