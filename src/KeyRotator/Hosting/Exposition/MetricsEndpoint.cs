using System.IO.Compression;
using System.IO.Pipelines;
using KeyRotator.Metrics;
using Microsoft.Net.Http.Headers;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Answers scrapes.</summary>
internal static class MetricsEndpoint
{
    private const string PrometheusType = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>Writes the numbers in the words that the caller asks for, compressed where it likes that.</summary>
    public static async Task AnswerAsync(HttpContext context, MetricsCollector collector)
    {
        var snapshot = await collector.CollectAsync(context.RequestAborted);
        var dialect = DialectOf(context.Request.Headers.Accept);
        context.Response.ContentType = dialect is TextDialect.OpenMetrics ? OpenMetricsType : PrometheusType;
        context.Response.Headers.Vary = "Accept, Accept-Encoding";
        if (!TakesGzip(context.Request.Headers.AcceptEncoding))
        {
            await new MetricsWriter(context.Response.BodyWriter, dialect).WriteAsync(snapshot, context.RequestAborted);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        await using var body = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
        var pipe = PipeWriter.Create(body, new StreamPipeWriterOptions(leaveOpen: true));
        await new MetricsWriter(pipe, dialect).WriteAsync(snapshot, context.RequestAborted);
        await pipe.CompleteAsync();
    }

    /// <summary>The words that are asked for: OpenMetrics where it is wanted no less than plain text.</summary>
    internal static TextDialect DialectOf(IList<string> accept)
    {
        var types = MediaTypeHeaderValue.TryParseList(accept, out var parsed) ? parsed : [];
        var open = types.Where(IsOpenMetrics).Select(Quality).DefaultIfEmpty(0).Max();
        var plain = types.Where(type => type.MediaType == "text/plain").Select(Quality).DefaultIfEmpty(0).Max();
        return open > 0 && open >= plain ? TextDialect.OpenMetrics : TextDialect.Prometheus;
    }

    private static bool TakesGzip(IList<string> encodings) =>
        StringWithQualityHeaderValue.TryParseList(encodings, out var parsed)
        && parsed.Any(encoding => encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && encoding.Quality is not 0);

    private static bool IsOpenMetrics(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)
        && type.Parameters.FirstOrDefault(parameter => parameter.Name == "version")?.Value is not { HasValue: true, Value: not "1.0.0" };

    private static double Quality(MediaTypeHeaderValue type) => type.Quality ?? 1;
}
