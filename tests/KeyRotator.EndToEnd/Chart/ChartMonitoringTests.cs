using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>The rules and the dashboard that the chart installs are its files, with what the values change.</summary>
public sealed class ChartMonitoringTests
{
    [Fact(Timeout = 300_000)]
    public async Task Rules_AreTheFiles_AllOfThem()
    {
        var installed = await RulesAsync();

        var own = await OwnAsync();
        own.ShouldNotBeEmpty();
        own.Single(rule => rule.Text("alert") == "KeyRotatorAbsent")["expr"] = installed
            .Single(rule => rule.Text("alert") == "KeyRotatorAbsent").Text("expr"); // which names the installation
        installed.Select(Plain).ShouldBe(own.Select(Plain));
    }

    [Fact(Timeout = 300_000)]
    public async Task Rules_AreChangedByName()
    {
        var own = (await OwnAsync()).Where(rule => rule.At("alert") is not null).ToList();
        var (alerts, places) = (own.ConvertAll(rule => rule.Text("alert")), own.ConvertAll(rule => rule.Text("annotations.runbook_url")));
        var (first, last) = (alerts[0], alerts[^1]);

        var changed = await RulesAsync(
            "--set",
            $"prometheusRule.severities.{first}=info,prometheusRule.alertLabels.team=ops",
            "--set",
            "prometheusRule.runbookBaseUrl=https://run.example/");
        var disabled = await RulesAsync("--set", $"prometheusRule.disabled[0]={last}");

        changed.First(rule => rule.Text("alert") == first).Text("labels.severity").ShouldBe("info");
        var installed = changed.Where(rule => rule.At("alert") is not null).ToList();
        installed.ShouldAllBe(rule => rule.Text("labels.team") == "ops");
        installed.Select(rule => rule.Text("annotations.runbook_url"))
            .ShouldBe(alerts.Zip(places).Select(pair => $"https://run.example/{(pair.Second.Length > 0 ? pair.Second : pair.First)}"));
        disabled.ShouldNotContain(rule => rule.Text("alert") == last);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("serviceMonitor.enabled=true", "absent(keyrotator_build_info{namespace=\"llm\",service=\"kr-keyrotator\"})", "its labels are known")]
    [InlineData("serviceMonitor.enabled=false", null, "somebody else says how it is scraped")]
    [InlineData("serviceMonitor.relabelings[0].action=labeldrop", null, "they may be gone")]
    public async Task Rules_Absence_IsThatOfThisInstallation(string setting, string? expected, string why)
    {
        var rules = await RulesAsync("--set", setting);

        expected ??= (await OwnAsync()).Single(rule => rule.Text("alert") == "KeyRotatorAbsent").Text("expr");
        rules.Single(rule => rule.Text("alert") == "KeyRotatorAbsent").Text("expr").ShouldBe(expected, why);
    }

    [Fact(Timeout = 300_000)]
    public async Task Rules_OfTheUser_StandBesideTheCharts()
    {
        var rule = (await RenderedCharts.FourAsync("alerts-changed")).The("PrometheusRule");

        rule.Items("spec.groups").Select(group => group.Text("name")).ShouldContain("own");
        rule.Items("spec.groups").Count.ShouldBeGreaterThan(1);
    }

    [Fact(Timeout = 300_000)]
    public async Task Dashboard_IsTheFile()
    {
        var map = (await RenderedCharts.FourAsync("deployment-sqlite")).Of("ConfigMap")
            .Single(one => one.Text("metadata.name").EndsWith("-dashboard"));

        map["metadata"]!["labels"]!["grafana_dashboard"]!.ToString().ShouldBe("1");
        var file = JsonNode.Parse(
            await File.ReadAllTextAsync(ChartFolder.At("files", "dashboard.json"), TestContext.Current.CancellationToken));
        JsonNode.DeepEquals(JsonNode.Parse(map["data"]!["keyrotator.json"]!.ToString()), file).ShouldBeTrue();
    }

    [Fact(Timeout = 300_000)]
    public async Task Monitor_SelectsTheService_AtTheMetrics()
    {
        var rendered = await RenderedCharts.FourAsync("deployment-sqlite");
        var monitor = rendered.The("ServiceMonitor");
        var labels = rendered.The("Service").At("metadata.labels")!.AsObject();

        monitor.At("spec.selector.matchLabels")!.AsObject().ShouldAllBe(one => labels[one.Key]!.ToString() == one.Value!.ToString());
        (monitor.Text("spec.endpoints.0.port"), monitor.Text("spec.endpoints.0.path"))
            .ShouldBe((rendered.The("Service").Text("spec.ports.0.name"), "/metrics"));
        monitor.Text("metadata.labels.release").ShouldBe("prometheus");
    }

    private static async Task<IReadOnlyList<JsonNode>> OwnAsync()
    {
        var text = await File.ReadAllTextAsync(ChartFolder.At("files", "rules.yaml"), TestContext.Current.CancellationToken);
        return [.. (await Manifests.ReadAsync(text)).Documents[0].Items("groups").SelectMany(group => group.Items("rules"))];
    }

    private static async Task<IReadOnlyList<JsonNode>> RulesAsync(params string[] settings)
    {
        var ended = await ChartCase.Service(["--set", "prometheusRule.runbookBaseUrl=", .. settings]).RenderAsync(Tool.Helm);
        ended.ExitCode.ShouldBe(0, ended.Error);
        var rule = (await Manifests.ReadAsync(ended.Out)).The("PrometheusRule");
        return [.. rule.Items("spec.groups").SelectMany(group => group.Items("rules"))];
    }

    // A rule without labels of its own has an empty map of them afterwards.
    private static string Plain(JsonNode rule) => Sorted(rule, static member => member.Value is not JsonObject { Count: 0 }).ToJsonString();

    private static JsonNode Sorted(JsonNode node, Func<KeyValuePair<string, JsonNode?>, bool> isKept) => node is JsonObject map
        ? new JsonObject(map.Where(isKept).OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : (JsonNode?)Sorted(member.Value, isKept))))
        : node.DeepClone();
}
