using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>Values that the chart is rendered with.</summary>
/// <param name="Name">How the tests call them.</param>
/// <param name="Arguments">How Helm is given them.</param>
internal sealed record ChartCase(string Name, params string[] Arguments)
{
    private const string Release = "kr";
    private const string Namespace = "llm";

    private static readonly string s_small = ChartFolder.At("examples", "cronjob-sqlite.yaml");
    private static readonly string s_service = ChartFolder.At("examples", "deployment-sqlite.yaml");

    /// <summary>All of them: every example of the chart, every file of values here, and what is set beside.</summary>
    public static IReadOnlyList<ChartCase> All { get; } =
    [
        .. Directory.EnumerateFiles(ChartFolder.At("examples"), "*.yaml").Order(StringComparer.Ordinal).Select(Of),
        .. Directory.EnumerateFiles(Path.Combine(ChartFolder.Tests, "Values"), "*.yaml").Order(StringComparer.Ordinal).Select(Of),
        new("fail-on-critical", "-f", s_small, "--set", "cronjob.failOn=critical,cronjob.schedule=@daily"),
        new("default-registry", "-f", s_small, "--set", "image.registry="),
        new("mode-changed", "-f", s_small, "--set", "mode=deployment"),
        new("alerts-changed", "-f", s_service, "--set", "prometheusRule.alertLabels.team=ops,prometheusRule.extraGroups[0].name=own"),
    ];

    /// <summary>Their names, for theories.</summary>
    public static TheoryData<string> Names => new(All.Select(one => one.Name));

    /// <summary>The one with a name.</summary>
    public static ChartCase Named(string name) => All.Single(one => one.Name == name);

    /// <summary>The small case with settings of a test's own.</summary>
    public static ChartCase Small(params string[] settings) => new("small", ["-f", s_small, .. settings]);

    /// <summary>The service on SQLite with settings of a test's own.</summary>
    public static ChartCase Service(params string[] settings) => new("service", ["-f", s_service, .. settings]);

    /// <summary>What Helm makes of it, or says against it.</summary>
    public Task<Ended> RenderAsync(string helm) =>
        Tool.RunAsync(helm, ["template", Release, ChartFolder.Chart, "-n", Namespace, .. Arguments]);

    /// <summary>What a user is told after the installation.</summary>
    public async Task<string> NotesAsync(string helm)
    {
        await using var server = new ApiDiscovery(); // Helm 3 does not go without
        string[] dry = ["--dry-run=client", "--disable-openapi-validation", "--kube-apiserver", server.Address];
        var ended = await Tool.RunAsync(helm, ["install", Release, ChartFolder.Chart, "-n", Namespace, .. dry, .. Arguments]);
        ended.ExitCode.ShouldBe(0, ended.Error);
        return ended.Out[ended.Out.IndexOf("NOTES:", StringComparison.Ordinal)..];
    }

    private static ChartCase Of(string file) => new(Path.GetFileNameWithoutExtension(file), "-f", file);
}
