using Shouldly;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>All cases, rendered once by both Helms and read once.</summary>
internal static class RenderedCharts
{
    private static readonly Lazy<Task<IReadOnlyDictionary<string, Manifests>>> s_four = new(() => RenderAsync(Tool.Helm));
    private static readonly Lazy<Task<IReadOnlyDictionary<string, Manifests>>> s_three = new(() => RenderAsync(Tool.Helm3));

    /// <summary>As Helm 4 renders it.</summary>
    public static async Task<Manifests> FourAsync(string name) => (await s_four.Value)[name];

    /// <summary>As Helm 3 renders it.</summary>
    public static async Task<Manifests> ThreeAsync(string name) => (await s_three.Value)[name];

    private static async Task<IReadOnlyDictionary<string, Manifests>> RenderAsync(string helm)
    {
        var texts = new List<string>();
        foreach (var one in ChartCase.All)
        {
            var ended = await one.RenderAsync(helm);
            ended.ExitCode.ShouldBe(0, $"{one.Name}: {ended.Error}");
            texts.Add(ended.Out);
        }

        var read = await Manifests.ReadAsync(texts);
        return ChartCase.All.Zip(read).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }
}
