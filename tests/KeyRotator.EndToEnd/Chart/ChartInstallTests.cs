using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>The chart does in every release: as part of another chart, with any name that Helm takes, and with labels of the company's
/// own.</summary>
public sealed class ChartInstallTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyrotator-parent-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory(Timeout = 300_000)]
    [InlineData("true", 1)]
    [InlineData("false", 0)]
    public async Task Dependency_WithACondition_IsRenderedWhereItHolds(string enabled, int jobs)
    {
        await MakeParentAsync();
        foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
        {
            var ended = await Tool.RunAsync(helm, ["template", "kr", _folder.FullName, "--set", $"keyrotator.enabled={enabled}"]);

            ended.ExitCode.ShouldBe(0, ended.Error);
            ended.Out.Split("kind: CronJob").Length.ShouldBe(jobs + 1);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Labels_OfAllObjects_YieldToThoseOfOne()
    {
        string[] theirs = ["app\\.kubernetes\\.io/component=theirs", "app\\.kubernetes\\.io/name=theirs", "release=theirs", "team=theirs"];
        var settings = string.Join(',', theirs.Select(label => $"commonLabels.{label}"));
        foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
        {
            var rendered = await RenderAsync(helm, "kr", "llm", [.. ChartCase.Service().Arguments, "--set", settings]);

            var service = rendered.The("Service").At("metadata.labels")!.AsObject();
            rendered.The("ServiceMonitor").At("spec.selector.matchLabels")!.AsObject()
                .ShouldAllBe(one => service[one.Key]!.ToString() == one.Value!.ToString(), "it would find no Service");
            rendered.The("ServiceMonitor").Text("metadata.labels.release").ShouldBe("prometheus", "no Prometheus would find it");
            rendered.Documents.Select(one => one.Text("metadata.labels.team")).ShouldAllBe(team => team == "theirs");
            rendered.Documents.Select(one => one["metadata"]!["labels"]!["app.kubernetes.io/name"]!.ToString())
                .ShouldAllBe(name => name == "keyrotator");
        }
    }

    [Theory(Timeout = 300_000)]
    [InlineData("123", "llm", "all-cronjob")]
    [InlineData("1e6", "llm", "all-cronjob", "fullnameOverride=1e6", "nameOverride=1e6", "serviceAccount.name=on")]
    [InlineData("on", "1234", "all-cronjob", "priorityClassName=1e6", "runtimeClassName=on", "fullnameOverride=on")]
    [InlineData("null", "null", "all-deployment", "fullnameOverride=null", "nameOverride=null", "serviceAccount.name=null")]
    [InlineData("v1.2", "1.5", "all-deployment")]
    public async Task Names_ThatLookLikeSomethingElse_StayTexts(string release, string space, string name, params string[] settings)
    {
        string[] arguments = [.. ChartCase.Named(name).Arguments, .. settings.SelectMany(setting => new[] { "--set-string", setting })];
        foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
        {
            var rendered = await RenderAsync(helm, release, space, arguments);

            rendered.Faults.ShouldBeEmpty();
            var own = rendered.Documents.Where(one => one.At("metadata.namespace") is not null && one.Text("kind") != "Role").ToList();
            own.ShouldContain(one => one.Text("metadata.namespace") == space);
            own.Select(one => one["metadata"]!["labels"]!["app.kubernetes.io/instance"]!.ToString()).ShouldAllBe(label => label == release);
            rendered.Of("Service").ShouldAllBe(one => !one.Text("metadata.name").Contains('.'), "its name is a label of DNS");
        }
    }

    [Theory(Timeout = 300_000)]
    [InlineData("fullnameOverride=Bad Name", "fullnameOverride")]
    [InlineData("nameOverride=_x", "nameOverride")]
    [InlineData("serviceAccount.name=-x", "serviceAccount")]
    [InlineData("mode=deployment,fullnameOverride=1e6", "a Service's name begins with a letter")]
    public async Task Names_ThatNoObjectMayHave_AreRefused(string setting, string words)
    {
        foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
        {
            var ended = await ChartCase.Small("--set-string", setting).RenderAsync(helm);

            ended.ExitCode.ShouldNotBe(0);
            ended.Error.ShouldContain(words);
        }
    }

    private static async Task<Manifests> RenderAsync(string helm, string release, string space, string[] arguments)
    {
        var ended = await Tool.RunAsync(helm, ["template", release, ChartFolder.Chart, "-n", space, .. arguments]);
        ended.ExitCode.ShouldBe(0, ended.Error);
        return await Manifests.ReadAsync(ended.Out);
    }

    // A chart that has this one as its dependency, with the small case as its values.
    private async Task MakeParentAsync()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "Chart.yaml"),
            "{apiVersion: v2, name: parent, version: 1.0.0, "
            + "dependencies: [{name: keyrotator, version: '>=0.1.0', condition: keyrotator.enabled}]}",
            Token);
        var small = await File.ReadAllLinesAsync(ChartFolder.At("examples", "cronjob-sqlite.yaml"), Token);
        await File.WriteAllLinesAsync(
            Path.Combine(_folder.FullName, "values.yaml"), ["keyrotator:", .. small.Select(line => $"  {line}")], Token);
        var charts = _folder.CreateSubdirectory("charts").FullName;
        (await Tool.RunAsync("cp", ["-R", ChartFolder.Chart, charts])).ExitCode.ShouldBe(0);
    }
}
