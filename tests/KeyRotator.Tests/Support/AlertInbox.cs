using System.Text.Json;

namespace KeyRotator.Tests.Support;

/// <summary>A receiver of webhooks that keeps what it was told, in short.</summary>
internal sealed class AlertInbox
{
    private int _taken;

    public ScriptedHttp Http { get; } = new ScriptedHttp().Answer(200);

    /// <summary>What came since the last call: a line <c>Kind Reason Subject</c> for each finding, with <c>@rung</c> where it has one.</summary>
    public IReadOnlyList<string> Take()
    {
        var requests = Http.Requests.Skip(_taken).ToList();
        _taken += requests.Count;
        return [.. requests.SelectMany(Lines)];
    }

    private static IEnumerable<string> Lines(RecordedRequest request)
    {
        var data = JsonDocument.Parse(request.Text).RootElement.GetProperty("data");
        return data.GetProperty("findings").EnumerateArray().Select(finding => $"{data.GetProperty("kind")} {Line(finding)}");
    }

    private static string Line(JsonElement finding)
    {
        var rung = finding.GetProperty("rung").ValueKind is JsonValueKind.Number ? $"@{finding.GetProperty("rung")}" : "";
        return $"{finding.GetProperty("reason")} {finding.GetProperty("subject").GetProperty("name")}{rung}";
    }
}
