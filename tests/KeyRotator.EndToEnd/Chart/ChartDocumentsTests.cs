using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KeyRotator.Cli;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>What is written about the chart is true of it.</summary>
public sealed partial class ChartDocumentsTests
{
    private const string Begin = "<!-- values: begin, made from the comments of values.yaml -->\n";
    private const string End = "<!-- values: end -->\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readme_HasEveryValueWithDefaultAndMeaning()
    {
        var path = ChartFolder.At("README.md");
        var readme = await File.ReadAllTextAsync(path, Token);
        var rows = ChartValues.Read(await File.ReadAllLinesAsync(ChartFolder.At("values.yaml"), Token));
        var table = string.Concat(rows.Select(row => $"| `{row.Path}` | `{row.Default}` | {row.Meaning} |\n"));
        var (begin, end) = (readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, readme.IndexOf(End, StringComparison.Ordinal));
        var made = $"{readme[..begin]}\n| value | default | |\n|---|---|---|\n{table}\n{readme[end..]}";

        rows.Count.ShouldBeGreaterThan(90);
        rows.ShouldAllBe(row => row.Meaning.EndsWith('.'));
        made.ShouldBe(ChartFolder.Golden(path, made));
    }

    [Fact(Timeout = 300_000)]
    public async Task Schema_HasEveryValue_AndNoOther()
    {
        var schema = JsonNode.Parse(await File.ReadAllTextAsync(ChartFolder.At("values.schema.json"), Token))!;
        var values = (await Manifests.ReadAsync(await File.ReadAllTextAsync(ChartFolder.At("values.yaml"), Token))).Documents[0];

        Members(schema, "").Except(["global", "enabled"]).ShouldBe(Members(schema, values, ""), ignoreOrder: true);
    }

    [Fact(Timeout = 300_000)]
    public async Task Versions_AreTheProgramsOwn()
    {
        var chart = (await Manifests.ReadAsync(await File.ReadAllTextAsync(ChartFolder.At("Chart.yaml"), Token))).Documents[0];

        chart.Text("appVersion").ShouldBe(VersionCommand.Number);
        Version.TryParse(chart.Text("version"), out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Links_OfTheReadme_LeadSomewhere()
    {
        var readme = await File.ReadAllTextAsync(ChartFolder.At("README.md"), Token);

        var links = Link().Matches(readme).Select(match => match.Groups["to"].Value).ToList();

        links.ShouldNotBeEmpty();
        links.ShouldAllBe(link => File.Exists(ChartFolder.At(link)));
        Directory.EnumerateFiles(ChartFolder.At("examples"), "*-*.yaml").Count().ShouldBeGreaterThanOrEqualTo(10);
    }

    [Theory]
    [InlineData("aws-irsa.yaml")]
    [InlineData("aws-pod-identity.yaml")]
    [InlineData("azure-workload-identity.yaml")]
    [InlineData("gcp-workload-identity.yaml")]
    [InlineData("vault-kubernetes.yaml")]
    [InlineData("gitops/argocd-application.yaml")]
    public async Task Identities_AreOfAServiceAccountWithAName(string file)
    {
        var text = await File.ReadAllTextAsync(ChartFolder.At("examples", file), Token);

        text.ShouldMatch(@"serviceAccount:\n +name: keyrotator\b", "who is trusted may not hang on the release's name");
    }

    [Theory(Timeout = 300_000)]
    [InlineData("argocd-application.yaml", "Application", "spec.source.helm.valuesObject", "spec.source.path")]
    [InlineData("flux-helmrelease.yaml", "HelmRelease", "spec.values", "spec.chart.spec.chart")]
    public async Task GitOps_Values_RenderWithBothHelms(string file, string kind, string values, string chart)
    {
        var text = await File.ReadAllTextAsync(ChartFolder.At("examples", "gitops", file), Token);
        var document = (await Manifests.ReadAsync(text)).The(kind);
        document.Text(chart).ShouldBe("charts/keyrotator");
        var given = Path.GetTempFileName();
        await File.WriteAllTextAsync(given, document.At(values)!.ToJsonString(), Token);

        foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
        {
            var ended = await new ChartCase("gitops", "-f", given).RenderAsync(helm);

            ended.ExitCode.ShouldBe(0, ended.Error);
            (await Manifests.ReadAsync(ended.Out)).Faults.ShouldBeEmpty();
        }

        File.Delete(given);
    }

    [Fact(Timeout = 300_000)]
    public async Task Namespace_OfThePlainManifests_EnforcesRestricted()
    {
        var space = (await Manifests.ReadAsync(await File.ReadAllTextAsync(ChartFolder.At("examples", "plain", "namespace.yaml"), Token)));

        space.Faults.ShouldBeEmpty();
        space.The("Namespace")["metadata"]!["labels"]!["pod-security.kubernetes.io/enforce"]!.ToString().ShouldBe("restricted");
    }

    // A group that the schema describes member by member is followed; a free map is a value by itself.
    private static IEnumerable<string> Members(JsonNode schema, string path) => schema["properties"] is JsonObject members
        ? members.SelectMany(member => Members(member.Value!, $"{path}.{member.Key}"))
        : [path.TrimStart('.')];

    private static IEnumerable<string> Members(JsonNode schema, JsonNode? values, string path) =>
        schema["properties"] is JsonObject members && values is JsonObject map
            ? map.SelectMany(member => Members(members[member.Key] ?? new JsonObject(), member.Value, $"{path}.{member.Key}"))
            : [path.TrimStart('.')];

    [GeneratedRegex(@"\]\((?<to>[^)#:]+)\)")]
    private static partial Regex Link();
}
