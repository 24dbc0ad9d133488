using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>What the repository's README tells to paste does what it says.</summary>
public sealed partial class WalkThroughTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task StateCopy_IsAPodLikeTheChartsOwn()
    {
        var job = await Manifests.ReadAsync(await File.ReadAllTextAsync(ChartFolder.At("examples", "plain", "state-copy.yaml"), Token));
        var release = await Manifests.ReadAsync(
            await File.ReadAllTextAsync(ChartFolder.At("examples", "plain", "cronjob-sqlite.yaml"), Token));

        job.Faults.ShouldBeEmpty();
        var pod = job.The("Job").At("spec.template.spec")!;
        PodSecurity.Violations(pod).ShouldBeEmpty();
        pod.Items("volumes").Select(one => one.Text("persistentVolumeClaim.claimName"))
            .ShouldContain(release.The("PersistentVolumeClaim").Text("metadata.name"));
        pod.Text("containers.0.image").ShouldBe(release.PodSpecs()[0].Text("containers.0.image"));
        pod.At("containers.0").Texts("args").ShouldContain("${TO_DATABASE}", "a password is never an argument");
        var labels = job.The("Job").At("spec.template.metadata.labels")!.AsObject();
        release.The("NetworkPolicy").At("spec.podSelector.matchLabels")!.AsObject()
            .ShouldContain(one => labels[one.Key] == null || labels[one.Key]!.ToString() != one.Value!.ToString());
    }

    [Fact(Timeout = 300_000)]
    public async Task WalkThrough_OfTheReadme_RendersAsWritten()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(ChartFolder.Repository, "README.md"), Token);
        var values = Path.GetTempFileName();
        await File.WriteAllTextAsync(values, ValuesBlock().Matches(readme).ShouldHaveSingleItem().Groups["values"].Value, Token);
        var commands = HelmCommand().Matches(readme.Replace("\\\n", "", StringComparison.Ordinal))
            .Select(match => match.Groups["rest"].Value).ToList();

        commands.Count.ShouldBe(5);
        foreach (var command in commands)
        {
            var words = command.Replace("charts/keyrotator", ChartFolder.Chart, StringComparison.Ordinal)
                .Replace("values.yaml", values, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
            {
                var ended = await Tool.RunAsync(helm, ["template", .. words]);

                ended.ExitCode.ShouldBe(0, ended.Error);
                (await Manifests.ReadAsync(ended.Out)).Faults.ShouldBeEmpty();
            }
        }

        File.Delete(values);
    }

    [Fact(Timeout = 300_000)]
    public async Task StateCopy_WithItsComments_IsAPodToo()
    {
        var text = await File.ReadAllTextAsync(ChartFolder.At("examples", "plain", "state-copy.yaml"), Token);

        var job = await Manifests.ReadAsync(Optional().Replace(text, ""));

        job.Faults.ShouldBeEmpty();
        var pod = job.The("Job").At("spec.template.spec")!;
        pod.Text("imagePullSecrets.0.name").ShouldBe("registry");
        var container = pod.At("containers.0");
        var file = container.Items("env").Single(one => one.Text("name") == "SSL_CERT_FILE").Text("value");
        var mount = container.Items("volumeMounts").Single(one => one.Text("name") == "ca").Text("mountPath");
        var volume = pod.Items("volumes").Single(one => one.Text("name") == "ca");
        $"{mount}/{volume.Text("configMap.items.0.path")}".ShouldBe(file);
    }

    [Fact(Timeout = 300_000)]
    public async Task Secrets_OfTheReadme_ArePassedOnWithoutTheLinesEnd()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(ChartFolder.Repository, "README.md"), Token);
        var commands = readme.Split('\n').Where(line => line.Contains("=/dev/stdin", StringComparison.Ordinal)).ToList();

        commands.Count.ShouldBe(3);
        foreach (var command in commands)
        {
            const string Typed = @"postgres://u:a%20b\c@db/kr";
            var script = "kubectl() { printf '['; cat; printf ']'; }\n" + $"{{ {command}; }} <<< \"$1\"; printf %s \"${{V-unset}}\"";

            var ended = await Tool.RunAsync("bash", ["-euc", script, "bash", Typed]);

            ended.ExitCode.ShouldBe(0, ended.Error);
            ended.Out.ShouldBe($"[{Typed}]unset", command);
        }
    }

    [GeneratedRegex("^```yaml values\n(?<values>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ValuesBlock();

    [GeneratedRegex("^helm (install|upgrade( --install)?) (?<rest>[^#\n]*)", RegexOptions.Multiline)]
    private static partial Regex HelmCommand();

    [GeneratedRegex("(?<=^ +)# (?=- |imagePullSecrets|  configMap)", RegexOptions.Multiline)]
    private static partial Regex Optional();
}
