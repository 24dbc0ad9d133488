using System.Text.Json;
using FsCheck.Fluent;
using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>Databases out there hold these texts: a member that is renamed would be lost from them.</summary>
public sealed class StateJsonTests
{
    private static readonly DateTimeOffset s_at = new(2027, 1, 31, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Locations_Text_StaysAsItIs()
    {
        IReadOnlyList<LocationStatus> locations =
        [
            new()
            {
                Location = new() { Store = "aws", Name = "prod/llm", Field = "KEY", Follows = TimeSpan.FromMinutes(30) },
                Version = "7",
                Fingerprint = Fingerprint.Parse(new string('a', 64)),
                DriftingSince = s_at,
            },
            new() { Location = new() { Store = "env", Name = "KEY" } },
        ];

        LocationsColumn.Write(locations).ShouldBe(
            $$$"""
            [{"location":{"store":"aws","name":"prod/llm","field":"KEY","follows":"00:30:00"},
            "version":"7","fingerprint":"{{{new string('a', 64)}}}",
            "driftingSince":"2027-01-31T00:00:00+00:00"},{"location":{"store":"env","name":"KEY"}}]
            """.ReplaceLineEndings(""));
    }

    [Theory]
    [InlineData("""[{"newer":{"a":[1]},"location":{"store":"env","name":"K","newer":{"b":2}},"version":"7"}]""", "a newer version's members")]
    [InlineData("""[{"version":"7","location":{"name":"K","store":"env"}}]""", "another order")]
    public void Locations_OtherText_IsRead(string text, string why) => LocationsColumn.Read(text).ShouldBe(
        [new LocationStatus { Location = new() { Store = "env", Name = "K" }, Version = "7" }], why);

    [Fact]
    public void Models_Text_StaysAsItIs()
    {
        var models = new ModelFacts { Missing = ["a"], Deprecated = [new("b", s_at, "c"), new("d", null, null)], Floating = ["e-latest"] };

        JsonSerializer.Serialize(models, StateJson.Default.ModelFacts).ShouldBe(
            """
            {"missing":["a"],"deprecated":[{"model":"b","at":"2027-01-31T00:00:00+00:00","replacement":"c"},{"model":"d"}],
            "floating":["e-latest"]}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public void Alert_Text_StaysAsItIs()
    {
        var finding = new AlertFinding
        {
            Id = "f",
            Reason = FindingReason.KeyExpiring,
            Severity = Severity.Warning,
            SubjectKind = SubjectKind.Key,
            Subject = "k",
            Message = "m",
            OpenedAt = s_at,
            Rung = 7,
        };
        var alert = new Alert { Id = "a", Kind = AlertKind.Trigger, At = s_at, Severity = Severity.Warning, Findings = [finding] };

        JsonSerializer.Serialize(alert, StateJson.Default.Alert).ShouldBe(
            """
            {"id":"a","kind":"Trigger","at":"2027-01-31T00:00:00+00:00","severity":"Warning","findings":[{"id":"f","reason":"KeyExpiring",
            "severity":"Warning","subjectKind":"Key","subject":"k","message":"m","openedAt":"2027-01-31T00:00:00+00:00","rung":7}],
            "omitted":0}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public void Statuses_EveryMember_IsDrawn()
    {
        var drawn = KeyStatuses.Any.Generator.Sample(200);

        foreach (var member in typeof(KeyStatus).GetProperties())
        {
            var texts = drawn.Select(status => JsonSerializer.Serialize(member.GetValue(status)));
            texts.Distinct().Count().ShouldBeGreaterThan(1, member.Name);
        }
    }
}
