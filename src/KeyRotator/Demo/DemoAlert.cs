using System.Text.Json;

namespace KeyRotator.Demo;

/// <summary>What a message says of one finding, as its receiver reads it.</summary>
/// <param name="Kind">For example <c>Trigger</c>.</param>
/// <param name="Severity">For example <c>Critical</c>.</param>
/// <param name="Reason">For example <c>KeyRejected</c>.</param>
/// <param name="Subject">The key's id, or another name.</param>
/// <param name="Message">The sentence for the operator.</param>
internal sealed record DemoAlert(string Kind, string Severity, string Reason, string Subject, string Message)
{
    /// <summary>One for each finding of the message.</summary>
    public static IEnumerable<DemoAlert> Of(ReceivedMessage message)
    {
        var data = message.Body.GetProperty("data");
        var kind = Text(data, "kind");
        return data.GetProperty("findings").EnumerateArray().Select(finding => Of(kind, finding));
    }

    private static DemoAlert Of(string kind, JsonElement finding) => new(
        kind,
        Text(finding, "severity"),
        Text(finding, "reason"),
        Text(finding.GetProperty("subject"), "name"),
        Text(finding, "message"));

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString() ?? "";
}
