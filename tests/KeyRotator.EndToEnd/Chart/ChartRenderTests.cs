using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>What both Helms make of the chart is what Kubernetes takes.</summary>
public sealed class ChartRenderTests
{
    public static TheoryData<string> Cases => ChartCase.Names;

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Lint_OfBothHelms_FindsNothing(string name)
    {
        foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
        {
            var ended = await Tool.RunAsync(helm, ["lint", "--strict", ChartFolder.Chart, .. ChartCase.Named(name).Arguments]);

            ended.ExitCode.ShouldBe(0, ended.Out + ended.Error);
            ended.Out.ShouldContain("0 chart(s) failed");
        }
    }

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Manifests_AreOfTheirKinds_AndHaveNoUnknownMember(string name)
    {
        var rendered = await RenderedCharts.FourAsync(name);

        rendered.Faults.ShouldBeEmpty();
        rendered.PodSpecs().ShouldNotBeEmpty();
    }

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Manifests_OfBothHelms_AreTheSame(string name)
    {
        var (four, three) = (await RenderedCharts.FourAsync(name), await RenderedCharts.ThreeAsync(name));

        Sorted(four).ShouldBe(Sorted(three));
    }

    [Theory(Timeout = 300_000)]
    [InlineData("concurrencyPolicy: Forbid", "concurencyPolicy: Forbid", "concurencyPolicy", "a misspelt member")]
    [InlineData("enableServiceLinks: false", "enableServiceLink: false", "enableServiceLink", "a misspelt member deep down")]
    [InlineData("concurrencyPolicy: Forbid", "concurrencyPolicy: Never", "concurrencyPolicy", "a word that is none of its list")]
    [InlineData("suspend: false", "suspend: \"no\"", "suspend", "a text for a flag")]
    [InlineData("apiVersion: batch/v1", "apiVersion: batch/v2", "batch/v2", "a version that is none")]
    public async Task Schemas_RefuseWhatIsWrong(string right, string wrong, string word, string why)
    {
        var text = (await RenderedCharts.FourAsync("cronjob-sqlite")).Text;
        text.ShouldContain(right);

        var broken = await Manifests.ReadAsync(text.Replace(right, wrong, StringComparison.Ordinal));

        broken.Faults.ShouldContain(fault => fault.Contains(word, StringComparison.Ordinal), why);
    }

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Kubectl_TakesEveryManifest(string name)
    {
        await using var server = new ApiDiscovery();
        var file = Path.GetTempFileName();
        var rendered = await RenderedCharts.FourAsync(name);
        await File.WriteAllTextAsync(file, rendered.Text, TestContext.Current.CancellationToken);

        var ended = await server.KubectlAsync("create", "--dry-run=client", "--validate=false", "-o", "name", "-f", file);

        File.Delete(file);
        ended.ExitCode.ShouldBe(0, ended.Error);
        ended.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(rendered.Documents.Count);
    }

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Objects_HaveNamesAndLabels_ThatAreTheirOwn(string name)
    {
        var rendered = await RenderedCharts.FourAsync(name);

        var own = rendered.Documents.Where(
            one => !one.Text("metadata.name").StartsWith("kr-extra") && one.Text("metadata.name") != "kr-text").ToList();
        own.Select(one => $"{one.Text("kind")}/{one.Text("metadata.namespace")}/{one.Text("metadata.name")}").ShouldBeUnique();
        own.ShouldAllBe(one => one.Text("metadata.name").Length <= 52 && one.Text("metadata.namespace").Length > 0);
        own.Select(one => (one.At("metadata.labels") as JsonObject)?["app.kubernetes.io/instance"]?.ToString())
            .ShouldAllBe(label => label == "kr");
    }

    private static List<string> Sorted(Manifests manifests) =>
        [.. manifests.Documents.Select(one => one.ToJsonString()).Order(StringComparer.Ordinal)];
}
