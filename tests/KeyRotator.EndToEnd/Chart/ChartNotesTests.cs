using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>What a user is told after the installation can be pasted as it stands.</summary>
public sealed class ChartNotesTests : IDisposable
{
    private const string Wait = "  kubectl -n llm wait --for=condition=complete --timeout=10m job/";
    private static readonly string[] s_attached = ["--rm", "-it", "--pod-running-timeout=15m"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyrotator-notes-");

    public static TheoryData<string> Cases => ChartCase.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Notes_OfBothHelms_AreTheSame_AndNameEveryCommand(string name)
    {
        var one = ChartCase.Named(name);
        var notes = await one.NotesAsync(Tool.Helm);

        notes.Trim().ShouldBe((await one.NotesAsync(Tool.Helm3)).Trim());
        notes.ShouldContain("helm test kr -n llm --logs");
        var mode = (await RenderedCharts.FourAsync(name)).Of("CronJob").Count;
        notes.ShouldContain(mode == 1 ? "create job" : "-- keyrotator rotate ");
        notes.Contains("--image='", StringComparison.Ordinal).ShouldBe(mode == 1, "a name is one word to the shell");
        notes.Contains(Wait, StringComparison.Ordinal).ShouldBe(mode == 1, "logs of a container that is being made are refused");
        notes.Contains("NOTE: image.registry is empty", StringComparison.Ordinal).ShouldBe(name == "default-registry");
    }

    [Theory(Timeout = 300_000)]
    [InlineData("cronjob-sqlite")]
    [InlineData("cronjob-postgresql")]
    [InlineData("kubernetes-secrets")]
    [InlineData("all-cronjob")]
    public async Task OperatorsPod_HasAllThatARunHas(string name)
    {
        var command = await CommandAsync(await ChartCase.Named(name).NotesAsync(Tool.Helm));
        var pod = JsonNode.Parse(
            command.Single(word => word.StartsWith("--overrides=", StringComparison.Ordinal))["--overrides=".Length..])!;
        var job = (await RenderedCharts.FourAsync(name)).The("CronJob").At("spec.jobTemplate.spec.template")!;

        command.ShouldContain($"--image={job.Text("spec.containers.0.image")}");
        s_attached.ShouldBeSubsetOf(command);
        var (own, run) = (pod.At("spec.containers.0")!.AsObject(), job.At("spec.containers.0")!.AsObject());
        own.Texts("args").ShouldBe(["rotate", name == "cronjob-postgresql" ? "openai-prod" : "mistral-prod"]);
        (own.Text("stdin"), own.Text("tty"), own.Text("name")).ShouldBe(("true", "true", command[3]));
        Without(own, "args", "name", "stdin", "stdinOnce", "tty").ShouldBe(Without(run, "args", "name"));
        Without(pod["spec"]!.AsObject(), "containers").ShouldBe(Without(job["spec"]!.AsObject(), "containers"));
        var label = pod.At("metadata.labels")!.AsObject();
        label["app.kubernetes.io/component"]!.ToString().ShouldBe("operator");
        Without(label, "app.kubernetes.io/component")
            .ShouldBe(Without(job.At("metadata.labels")!.AsObject(), "app.kubernetes.io/component"));
    }

    [Theory(Timeout = 300_000)]
    [InlineData("cronjob-sqlite")]
    [InlineData("all-cronjob")]
    public async Task OperatorsPod_IsTakenByKubectlAndTheSchemas(string name)
    {
        var command = await CommandAsync(await ChartCase.Named(name).NotesAsync(Tool.Helm));
        await using var server = new ApiDiscovery();

        var ended = await server.KubectlAsync([.. command.Except(s_attached), "--dry-run=client", "-o", "json"]);

        ended.ExitCode.ShouldBe(0, ended.Error);
        var pod = await Manifests.ReadAsync(ended.Out);
        pod.Faults.ShouldBeEmpty();
        var spec = pod.PodSpecs().ShouldHaveSingleItem();
        PodSecurity.Violations(spec).ShouldBeEmpty();
        spec.Items("containers").ShouldHaveSingleItem().Texts("args").ShouldBe(["rotate", "mistral-prod"]);
        (spec.Text("restartPolicy"), pod.The("Pod").Text("metadata.namespace")).ShouldBe(("Never", "llm"));
    }

    [Fact(Timeout = 300_000)]
    public async Task TestPod_MountsNoState_AndChangesNothing()
    {
        foreach (var one in ChartCase.All)
        {
            foreach (var pod in (await RenderedCharts.FourAsync(one.Name)).Of("Pod"))
            {
                pod.Items("spec.volumes").ShouldAllBe(volume => volume.Text("name") != "state");
                pod.Items("spec.containers").Select(container => string.Join(' ', container.Texts("args")))
                    .ShouldBeSubsetOf(["config validate", "stores test"]);
                pod["metadata"]!["annotations"]!["helm.sh/hook"]!.ToString().ShouldBe("test");
                pod["metadata"]!["labels"]!["app.kubernetes.io/component"]!.ToString()
                    .ShouldBe("test", "no Service and no budget takes it for a replica");
            }
        }
    }

    [Theory(Timeout = 300_000)]
    [InlineData("cronjob-sqlite", "kr-keyrotator-test")]
    [InlineData("all-cronjob", "kr-keys-test", "kr-keys-test-stores")]
    public async Task TestPods_HaveLogsThatHelmCanAskFor(string name, params string[] pods)
    {
        foreach (var rendered in new[] { await RenderedCharts.FourAsync(name), await RenderedCharts.ThreeAsync(name) })
        {
            var hooks = rendered.Of("Pod");

            hooks.Select(pod => pod.Text("metadata.name")).ShouldBe(pods);
            hooks.ShouldAllBe(pod => pod.Items("spec.containers").Count == 1, "helm test --logs names no container");
            hooks.Select(pod => pod["metadata"]!["annotations"]!["helm.sh/hook-delete-policy"]!.ToString())
                .ShouldAllBe(policy => policy == "before-hook-creation", "Helm 3 asks for logs after it has deleted");
        }
    }

    // The words that kubectl is given, by the shell that the lines are pasted into.
    private async Task<IReadOnlyList<string>> CommandAsync(string notes)
    {
        var lines = notes.Split('\n');
        var start = Array.FindIndex(lines, line => line.StartsWith("  KEY=", StringComparison.Ordinal));
        var fake = Path.Combine(_folder.FullName, "kubectl");
        var words = Path.Combine(_folder.FullName, "words");

        // Written by another process: what a process forks meanwhile keeps its open files, and a program that is open cannot be started.
        var script = $"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{words}'\n";
        (await Tool.RunAsync("sh", ["-euc", "printf %s \"$1\" > \"$2\"; chmod +x \"$2\"", "sh", script, fake])).ExitCode.ShouldBe(0);

        var path = new Dictionary<string, string> { ["PATH"] = $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}" };
        var ended = await Tool.RunAsync("bash", ["-euc", string.Join('\n', lines[start..(start + 2)])], path);
        ended.ExitCode.ShouldBe(0, ended.Error);
        return (await File.ReadAllTextAsync(words, Token)).TrimEnd('\n').Split('\n');
    }

    private static string Without(JsonObject map, params string[] members) =>
        Sorted(new JsonObject(map.Where(member => !members.Contains(member.Key)).Select(Copied))).ToJsonString();

    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : (JsonNode?)Sorted(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(item => Sorted(item!))]),
        _ => node.DeepClone(),
    };

    private static KeyValuePair<string, JsonNode?> Copied(KeyValuePair<string, JsonNode?> member) =>
        KeyValuePair.Create(member.Key, member.Value?.DeepClone());
}
