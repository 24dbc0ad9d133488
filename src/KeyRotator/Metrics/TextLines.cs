using System.Buffers;
using System.Globalization;
using System.Text;

namespace KeyRotator.Metrics;

/// <summary>Lines of the text formats, which both have in common.</summary>
internal sealed class TextLines(IBufferWriter<byte> output)
{
    /// <summary>The longest label value; what is longer is cut.</summary>
    public const int MostLetters = 256;

    private const int LongestNumber = 32;
    private static readonly SearchValues<char> s_escaped = SearchValues.Create("\\\"\n");

    /// <summary>Writes texts as they are.</summary>
    public void Text(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            Put(text);
        }
    }

    /// <summary>Writes one sample.</summary>
    public void Sample(string name, IReadOnlyList<string> labels, IReadOnlyList<string?> values, double value)
    {
        Put(name);
        Labels(labels, values, null);
        Put(" ");
        Number(value);
        Put("\n");
    }

    /// <summary>Writes one histogram: a sample a bucket, each counting those below too, then sum and count.</summary>
    public void Histogram(MetricFamily family, IReadOnlyList<string> values, RecordedFigures figures)
    {
        var count = 0L;
        for (var bucket = 0; bucket < figures.Counts.Count; bucket++)
        {
            count += figures.Counts[bucket];
            Text(family.Name, "_bucket");
            Labels(family.Labels, values, bucket < family.Buckets.Count ? Bound(family.Buckets[bucket]) : "+Inf");
            Text(" ", count.ToString(CultureInfo.InvariantCulture), "\n");
        }

        Sample($"{family.Name}_sum", family.Labels, values, figures.Value);
        Sample($"{family.Name}_count", family.Labels, values, count);
    }

    // OpenMetrics wants a point in it, and the other takes it.
    private static string Bound(double bound)
    {
        var text = bound.ToString(CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
    }

    private void Labels(IReadOnlyList<string> names, IReadOnlyList<string?> values, string? bound)
    {
        var separator = "{";
        for (var index = 0; index < names.Count; index++)
        {
            if (!string.IsNullOrEmpty(values[index]))
            {
                Text(separator, names[index], "=\"");
                Escaped(values[index]);
                Put("\"");
                separator = ",";
            }
        }

        if (bound is not null)
        {
            Text(separator, "le=\"", bound, "\"");
            separator = ",";
        }

        Put(separator == "{" ? "" : "}");
    }

    private void Escaped(ReadOnlySpan<char> value)
    {
        value = value[..Math.Min(value.Length, MostLetters)];
        while (value.IndexOfAny(s_escaped) is var next and >= 0)
        {
            Put(value[..next]);
            Put(value[next] switch { '\n' => "\\n", '"' => "\\\"", _ => "\\\\" });
            value = value[(next + 1)..];
        }

        Put(value);
    }

    private void Number(double value)
    {
        var space = output.GetSpan(LongestNumber);
        output.Advance(value.TryFormat(space, out var written, default, CultureInfo.InvariantCulture) ? written : 0);
    }

    private void Put(ReadOnlySpan<char> text)
    {
        var space = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, space));
    }
}
