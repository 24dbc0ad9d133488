using System.Text.Json.Nodes;
using KeyRotator.EndToEnd.Support;
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
