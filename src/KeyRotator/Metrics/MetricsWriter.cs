using System.IO.Pipelines;

namespace KeyRotator.Metrics;

/// <summary>Writes a snapshot as text, piece by piece: no more of it is in memory than the reader has not taken yet.</summary>
internal sealed class MetricsWriter(PipeWriter output, TextDialect dialect)
{
    private const int PieceSize = 32 * 1024;

    private readonly TextLines _lines = new(output);

    /// <summary>Writes everything there is.</summary>
    public async Task WriteAsync(MetricsSnapshot snapshot, CancellationToken cancellationToken)
    {
        foreach (var family in MetricCatalogue.All)
        {
            if (family.IsRecorded)
            {
                WriteRecorded(family, snapshot);
            }
            else
            {
                await WriteSamplesAsync(family, snapshot.Of(family), cancellationToken);
            }
        }

        if (dialect is TextDialect.OpenMetrics)
        {
            _lines.Text("# EOF\n");
        }

        await output.FlushAsync(cancellationToken);
    }

    private async Task WriteSamplesAsync(MetricFamily family, IEnumerable<Sample> samples, CancellationToken cancellationToken)
    {
        var isFirst = true;
        foreach (var sample in samples)
        {
            if (isFirst)
            {
                Head(family);
                isFirst = false;
            }

            _lines.Sample(family.Name, family.Labels, sample.Labels, sample.Value);
            if (output.UnflushedBytes > PieceSize)
            {
                await output.FlushAsync(cancellationToken);
            }
        }
    }

    // As many series as the configuration has names for: no need for pieces.
    private void WriteRecorded(MetricFamily family, MetricsSnapshot snapshot)
    {
        var isFirst = true;
        foreach (var series in snapshot.RecordedOf(family))
        {
            if (isFirst)
            {
                Head(family);
                isFirst = false;
            }

            var figures = series.Read();
            if (family.Kind is MetricKind.Histogram)
            {
                _lines.Histogram(family, series.Labels, figures);
            }
            else
            {
                _lines.Sample(family.Name, family.Labels, series.Labels, figures.Value);
            }
        }
    }

    private void Head(MetricFamily family)
    {
        var name = dialect is TextDialect.OpenMetrics ? family.FamilyName : family.Name;
        _lines.Text("# HELP ", name, " ", family.Help, "\n");
        _lines.Text("# TYPE ", name, " ", family.Kind.ToString().ToLowerInvariant(), "\n");
        if (dialect is TextDialect.OpenMetrics && family.BaseUnit is { } unit)
        {
            _lines.Text("# UNIT ", name, " ", unit, "\n");
        }
    }
}
