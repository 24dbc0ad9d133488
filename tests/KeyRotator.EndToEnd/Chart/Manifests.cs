using System.Text.Json.Nodes;
using Shouldly;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>Manifests as Kubernetes reads them.</summary>
/// <param name="Text">As they are written.</param>
/// <param name="Documents">One an object.</param>
/// <param name="Faults">What Kubernetes' schemas have against them.</param>
internal sealed record Manifests(string Text, IReadOnlyList<JsonNode> Documents, IReadOnlyList<string> Faults)
{
    /// <summary>Reads texts of manifests, all at once: the schemas take seconds to load.</summary>
    public static async Task<IReadOnlyList<Manifests>> ReadAsync(IReadOnlyList<string> texts)
    {
        var folder = Directory.CreateTempSubdirectory("keyrotator-chart-");
        try
        {
            var files = texts.Select((text, index) => Save(folder, index, text)).ToList();
            var script = Path.Combine(ChartFolder.Tests, "manifests.mjs");
            var ended = await Tool.RunAsync("node", [script, Tool.Schemas, .. files]);
            ended.ExitCode.ShouldBe(0, ended.Error);
            var report = JsonNode.Parse(ended.Out)!;
            return [.. files.Select((file, index) => Of(texts[index], report[file]!))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Reads one text.</summary>
    public static async Task<Manifests> ReadAsync(string text) => (await ReadAsync([text]))[0];

    /// <summary>The objects of a kind.</summary>
    public IReadOnlyList<JsonNode> Of(string kind) => [.. Documents.Where(one => one.Text("kind") == kind)];

    /// <summary>The one object of a kind.</summary>
    public JsonNode The(string kind) => Of(kind).ShouldHaveSingleItem();

    /// <summary>The specs of all pods, wherever they stand.</summary>
    public IReadOnlyList<JsonNode> PodSpecs() =>
    [
        .. Of("Pod").Select(pod => pod.At("spec")!),
        .. Of("Deployment").Select(one => one.At("spec.template.spec")!),
        .. Of("CronJob").Select(one => one.At("spec.jobTemplate.spec.template.spec")!),
    ];

    private static string Save(DirectoryInfo folder, int index, string text)
    {
        var file = Path.Combine(folder.FullName, $"{index}.yaml");
        File.WriteAllText(file, text);
        return file;
    }

    private static Manifests Of(string text, JsonNode report) => new(
        text,
        [.. report["documents"]!.AsArray().Select(document => document!)],
        [.. report["faults"]!.AsArray().Select(fault => fault!.GetValue<string>())]);
}

/// <summary>Looks into manifests.</summary>
internal static class ManifestNodes
{
    /// <summary>What is at a path of members, parted by dots; a number is an item of a list. Null where nothing is.</summary>
    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (var step in path.Split('.'))
        {
            node = node switch
            {
                JsonObject map => map[step],
                JsonArray list when int.TryParse(step, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The text at a path, also of a number or a flag; empty where nothing is.</summary>
    public static string Text(this JsonNode? node, string path) => node.At(path)?.ToString() ?? "";

    /// <summary>The items of a list at a path; none where nothing is.</summary>
    public static IReadOnlyList<JsonNode> Items(this JsonNode? node, string path) =>
        [.. ((node.At(path) as JsonArray) ?? []).Select(item => item!)];

    /// <summary>The texts of a list at a path.</summary>
    public static IReadOnlyList<string> Texts(this JsonNode? node, string path) =>
        [.. node.Items(path).Select(item => item.ToString())];
}
