using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

public sealed class KeyJsonTests
{
    [Fact]
    public void Write_Key_HasTheContractsMembersInOrder()
    {
        var key = Document(json => KeyJson.Write(json, Sample.Rejected(), Sample.Attention));

        Json.Members(key).ShouldBe([
            "id", "provider", "environment", "owner", "state", "verdict", "reason", "httpStatus", "verdictSince", "fingerprint",
            "expiresAt", "expirySource", "rotationDueAt", "nextCheckAt", "checkedAt", "suspension", "waitingRotation", "locations", "findings"]);
        Json.Members(key.GetProperty("locations")[0]).ShouldBe(["store", "name", "field", "version", "fingerprint"]);
        Json.Members(key.GetProperty("findings")[0]).ShouldBe([
            "reason", "severity", "message", "openedAt", "heldUntil", "acknowledgedBy", "acknowledgedUntil", "silencedUntil"]);
    }

    [Fact]
    public void Write_Key_WritesTimesNamesAndNulls()
    {
        var key = Document(json => KeyJson.Write(json, Sample.Accepted(), Sample.Attention));

        key.GetProperty("expiresAt").GetString().ShouldBe("2027-02-01T00:00:00Z");
        key.GetProperty("verdict").GetString().ShouldBe("Accepted");
        key.GetProperty("httpStatus").GetInt32().ShouldBe(200);
        key.GetProperty("locations")[0].GetProperty("fingerprint").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public void Write_NeverChecked_IsNullWhereUnknown()
    {
        var key = Document(json => KeyJson.Write(json, new KeyReport { Id = "a", Provider = "mistral" }, Sample.Attention));

        string[] unknown =
        [
            "environment", "owner", "state", "httpStatus", "verdictSince",
            "fingerprint", "expiresAt", "rotationDueAt", "nextCheckAt", "checkedAt",
        ];
        unknown.ShouldAllBe(name => key.GetProperty(name).ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public void Write_HostileName_IsEscaped()
    {
        using var shell = new Shell();
        JsonOutput.Write(
            shell.Context, json => KeyJson.Write(json, Sample.Accepted() with { Owner = "\u001b[2J\n\u009b" }, Sample.Attention));

        shell.Out.ShouldNotContain("\u001b");
        shell.Out.ShouldNotContain("\u009b");
        shell.Out.Trim().ShouldNotContain("\n");
    }

    [Fact]
    public void WriteFindings_OfSurroundings_SaysWhatTheyAreAbout()
    {
        var finding = Sample.Finding(FindingReason.ProviderOutage, Severity.Critical, FindingSubject.Provider("openai"), "No answer.");
        var document = Document(json =>
        {
            json.WriteStartObject();
            KeyJson.WriteFindings(json, [finding], Sample.Attention, withSubject: true);
            json.WriteEndObject();
        });

        Json.Members(document.GetProperty("findings")[0]).ShouldBe(
            ["subjectKind", "subject", "reason", "severity", "message", "openedAt", "heldUntil", "acknowledgedBy", "acknowledgedUntil",
                "silencedUntil"]);
    }

    private static JsonElement Document(Action<Utf8JsonWriter> write)
    {
        using var shell = new Shell();
        JsonOutput.Write(shell.Context, write);
        return JsonDocument.Parse(shell.Out).RootElement.Clone();
    }
}
