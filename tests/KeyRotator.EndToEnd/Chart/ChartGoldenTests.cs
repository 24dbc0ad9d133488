using System.Text;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>Manifests that are kept in the repository are those that the chart makes. After a change that is meant:
/// <c>KEYROTATOR_WRITE_GOLDEN=1</c>, and a look at what changed.</summary>
public sealed partial class ChartGoldenTests
{
    private static readonly string[] s_plain = ["--set", "persistence.keep=false"];

    public static TheoryData<string> Cases => ChartCase.Names;

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Manifests_AreAsTheyWere(string name)
    {
        var made = Documents((await RenderedCharts.FourAsync(name)).Text);

        made.ShouldBe(ChartFolder.Golden(Path.Combine(ChartFolder.Tests, "Golden", $"{name}.yaml"), made));
    }

    [Theory(Timeout = 300_000)]
    [InlineData("cronjob-sqlite")]
    [InlineData("deployment-postgresql")]
    public async Task PlainManifests_AreWhatTheChartMakes(string name)
    {
        var values = ChartFolder.At("examples", $"{name}.yaml");
        var rendered = await Tool.RunAsync(
            Tool.Helm,
            ["template", "keyrotator", ChartFolder.Chart, "-n", "keyrotator", "-f", values, "--no-hooks", .. s_plain]);
        rendered.ExitCode.ShouldBe(0, rendered.Error);
        var made = $"""
            # Made from ../{name}.yaml by the chart, to be applied without Helm. KEYROTATOR_WRITE_GOLDEN=1 with the chart's tests renews it.
            {Documents(rendered.Out)}
            """.ReplaceLineEndings("\n");
        made = OfHelm().Replace(made, "");

        made.ShouldBe(ChartFolder.Golden(ChartFolder.At("examples", "plain", $"{name}.yaml"), made));
        (await Manifests.ReadAsync(made)).Faults.ShouldBeEmpty();
    }

    // The rules and the dashboard are files of their own with tests of their own. The two Helms differ in blank lines.
    private static string Documents(string text)
    {
        var kept = new StringBuilder();
        foreach (var document in text.Split("---\n", StringSplitOptions.RemoveEmptyEntries).Where(one => !OfMetrics().IsMatch(one)))
        {
            kept.Append("---\n");
            document.Split('\n').Where(line => line.Trim().Length > 0).ToList().ForEach(line => kept.Append(line).Append('\n'));
        }

        return kept.ToString();
    }

    [GeneratedRegex("^kind: PrometheusRule$|^  name: .*-dashboard\"?$", RegexOptions.Multiline)]
    private static partial Regex OfMetrics();

    [GeneratedRegex("^ *(helm.sh/chart|app.kubernetes.io/managed-by): .*\n|^# Source: .*\n", RegexOptions.Multiline)]
    private static partial Regex OfHelm();
}
