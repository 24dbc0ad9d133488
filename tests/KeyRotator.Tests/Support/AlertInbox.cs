using System.Text.Json;

namespace KeyRotator.Tests.Support;

/// <summary>A receiver of webhooks that keeps what it was told, in short.</summary>
internal sealed class AlertInbox
{
    private int _taken;

    public ScriptedHttp Http { get; } = new ScriptedHttp().Answer(200);

    /// <summary>What came since the last call, in short.</summary>
    public IReadOnlyList<string> Take() => [.. TakeFindings().Select(told => told.Line)];

    /// <summary>What came since the last call, with the findings' ids.</summary>
    public IReadOnlyList<ToldFinding> TakeFindings()
    {
        var requests = Http.Requests.Skip(_taken).ToList();
        _taken += requests.Count;
        return [.. requests.SelectMany(Findings)];
    }

    private static IEnumerable<ToldFinding> Findings(RecordedRequest request)
    {
        var data = JsonDocument.Parse(request.Text).RootElement.GetProperty("data");
        return data.GetProperty("findings").EnumerateArray()
            .Select(finding => new ToldFinding(finding.GetProperty("id").ToString(), $"{data.GetProperty("kind")} {Line(finding)}"));
    }

    private static string Line(JsonElement finding)
    {
        var rung = finding.GetProperty("rung").ValueKind is JsonValueKind.Number ? $"@{finding.GetProperty("rung")}" : "";
        return $"{finding.GetProperty("reason")} {finding.GetProperty("subject").GetProperty("name")}{rung}";
    }
}

/// <summary>A finding that a message told of.</summary>
/// <param name="Id">The same in everything that is told of one finding.</param>
/// <param name="Line"><c>Kind Reason Subject</c>, with <c>@rung</c> where it has one.</param>
internal sealed record ToldFinding(string Id, string Line);
