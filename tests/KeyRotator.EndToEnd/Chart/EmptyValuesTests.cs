using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>A name with nothing behind it is null to Helm, which then takes the default away: refused, where no pod or a broken one came
/// of it.</summary>
public sealed class EmptyValuesTests
{
    // `global` and `enabled` are a parent chart's, and without `config` there may be `existingConfigMap`.
    private static readonly string[] s_mayBeMissing = ["global", "enabled", "config"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData("mode")]
    [InlineData("cronjob")]
    [InlineData("cronjob.schedule")]
    [InlineData("persistence")]
    [InlineData("resources")]
    [InlineData("deployment.podDisruptionBudget.enabled")]
    public async Task Value_ThatIsEmpty_IsRefusedByItsName(string path)
    {
        foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
        {
            var ended = await ChartCase.Small("--set", $"{path}=null").RenderAsync(helm);

            ended.ExitCode.ShouldNotBe(0);
            ended.Out.ShouldBeEmpty();
            var name = path.Split('.')[^1];
            ended.Error.ShouldMatch($"missing property '{name}'|{name} is required");
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Schema_AsksForEveryMemberOfItsGroups()
    {
        var schema = JsonNode.Parse(await File.ReadAllTextAsync(ChartFolder.At("values.schema.json"), Token))!;
        var values = (await Manifests.ReadAsync(await File.ReadAllTextAsync(ChartFolder.At("values.yaml"), Token))).Documents[0];

        Groups(schema, values).Count().ShouldBeGreaterThan(10);
        foreach (var group in Groups(schema, values))
        {
            var members = group["properties"]!.AsObject().Select(member => member.Key);
            group.Texts("required").ShouldBe(group == schema ? members.Except(s_mayBeMissing) : members, ignoreOrder: true);
        }
    }

    [Theory(Timeout = 300_000)]
    [InlineData("resources={}")]
    [InlineData("cronjob={}")]
    public async Task Group_OfNothing_KeepsTheDefaults(string setting)
    {
        var ended = await ChartCase.Small("--set-json", setting).RenderAsync(Tool.Helm);

        ended.ExitCode.ShouldBe(0, ended.Error);
        ended.Out.ShouldBe((await ChartCase.Small().RenderAsync(Tool.Helm)).Out);
    }

    private static IEnumerable<JsonNode> Groups(JsonNode schema, JsonNode? values)
    {
        if (schema["properties"] is not JsonObject members || values is not JsonObject map)
        {
            return [];
        }

        return map.SelectMany(member => Groups(members[member.Key] ?? new JsonObject(), member.Value)).Prepend(schema);
    }
}
