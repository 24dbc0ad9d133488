using System.IO.Pipelines;
using System.Text;
using KeyRotator.Metrics;
using Xunit;

namespace KeyRotator.Tests.Metrics;

/// <summary>A snapshot as its readers see it.</summary>
internal static class Rendered
{
    public static async Task<string> TextAsync(MetricsSnapshot snapshot, TextDialect dialect = TextDialect.Prometheus)
    {
        using var memory = new MemoryStream();
        var pipe = PipeWriter.Create(memory);
        await new MetricsWriter(pipe, dialect).WriteAsync(snapshot, TestContext.Current.CancellationToken);
        await pipe.CompleteAsync();
        return Encoding.UTF8.GetString(memory.ToArray());
    }

    /// <summary>The samples of metrics whose names begin so.</summary>
    public static IReadOnlyList<string> Samples(string text, string prefix) =>
        [.. text.Split('\n').Where(line => line.StartsWith(prefix, StringComparison.Ordinal))];
}
