using System.Text.Json.Nodes;
using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class SettingsSchemaTests
{
    private static readonly JsonSchemaEvaluator s_schema = new(JsonNode.Parse(SettingsSchema.Write(SettingsFolder.Catalogue))!.AsObject());

    public static IEnumerable<TheoryDataRow<string>> Structural { get; } = Documents(BadMembers.Structural);

    public static IEnumerable<TheoryDataRow<string>> BindersAlone { get; } = Documents(BadMembers.BindersAlone);

    [Theory]
    [MemberData(nameof(Structural))]
    public void Schema_WhatTheBinderRefuses_IsRefused(string yaml) => s_schema.Accepts(YamlJson.Read(yaml)).ShouldBeFalse();

    [Theory]
    [MemberData(nameof(BindersAlone))]
    public void Schema_WhatIsBeyondIt_IsAccepted(string yaml) => s_schema.Accepts(YamlJson.Read(yaml)).ShouldBeTrue();

    [Theory]
    [InlineData(Examples.Small)] // little
    [InlineData(Examples.Full)] // everything
    [InlineData("{}")] // nothing
    [InlineData("defaults: { checkEvery: \"${CADENCE}\", purge: \"${PURGE}\", approvals: \"${N}\", warnBefore: [\"${DAYS}\"] }")] // interpolated
    [InlineData("providers: { mistral: { control: off }, openai: { control: false }, cohere: { control: \"on\" } }")] // a switch
    [InlineData("keys: { a: { provider: mistral, environment: 5, owner: true, locations: [{ store: s, name: 1.5 }] } }\nstores: { s: { kind: env } }")] // text
    [InlineData("providers: { mistral: { requestsPerMinute: 1e+06 } }")] // a whole number
    public void Schema_WhatTheBinderAccepts_IsAccepted(string yaml)
    {
        SettingsFolder.LoadText(
            yaml, [.. Examples.Environment, ("CADENCE", "1h"), ("PURGE", "true"), ("N", "1"), ("DAYS", "7d")]).Faults.ShouldBeEmpty();
        s_schema.Accepts(YamlJson.Read(yaml)).ShouldBeTrue();
    }

    [Fact]
    public void Schema_EveryMember_IsDescribed()
    {
        var undescribed = Objects(JsonNode.Parse(SettingsSchema.Write())!).Where(schema => schema["properties"] is not null)
            .SelectMany(schema => schema["properties"]!.AsObject())
            .Where(member => member.Value!["description"]?.GetValue<string>() is not { Length: > 5 });

        undescribed.Select(member => member.Key).ShouldBeEmpty();
    }

    [Fact]
    public void Schema_EveryObject_RefusesUnknownMembers() =>
        Objects(JsonNode.Parse(SettingsSchema.Write())!).Where(schema => schema["properties"] is not null)
            .ShouldAllBe(schema => schema["additionalProperties"]!.ToString() == "false");

    [Fact]
    public void Schema_OfThisProgram_NamesItsKinds()
    {
        var schema = SettingsSchema.Write();

        SettingsCatalogue.Default.Providers.Select(kind => $"\"{kind.Name}\"").ShouldAllBe(kind => schema.Contains(kind));
        SettingsCatalogue.Default.Stores.Select(kind => $"\"store-{kind}\"").ShouldAllBe(kind => schema.Contains(kind));
        SettingsCatalogue.Default.Channels.Select(kind => $"\"{kind}\"").ShouldAllBe(kind => schema.Contains(kind));
    }

    private static List<TheoryDataRow<string>> Documents(TheoryData<string, string, string> rows) =>
        [.. rows.Select(row => row.Data.Item1).Distinct(StringComparer.Ordinal).Select(yaml => new TheoryDataRow<string>(yaml))];

    private static IEnumerable<JsonObject> Objects(JsonNode node) => node switch
    {
        JsonObject map => map.Where(member => member.Value is not null).SelectMany(member => Objects(member.Value!)).Append(map),
        JsonArray list => list.SelectMany(item => Objects(item!)),
        _ => [],
    };
}
