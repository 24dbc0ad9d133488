using KeyRotator.Hosting.Exposition;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting.Exposition;

public sealed class OtlpSettingsTests
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    [Theory]
    [InlineData("")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318;OTEL_SDK_DISABLED=true")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318;OTEL_METRICS_EXPORTER=none")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS=a=b")]
    public void Of_NobodyAsks_IsOff(string variables) => Of(variables).ShouldBeNull();

    [Theory]
    [InlineData("ENDPOINT=http://c:4318", "http://c:4318/v1/metrics")]
    [InlineData("ENDPOINT=http://c:4318/", "http://c:4318/v1/metrics")]
    [InlineData("ENDPOINT=https://c/otlp", "https://c/otlp/v1/metrics")]
    [InlineData("METRICS_ENDPOINT=https://c/own", "https://c/own")]
    [InlineData("ENDPOINT=https://c;OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://d/own", "https://d/own")]
    [InlineData("ENDPOINT=http://c:4317;OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "http://c:4317/")]
    public void Of_Endpoint_IsAsOpenTelemetryLaysDown(string variables, string endpoint) =>
        Of(Prefix + variables).ShouldNotBeNull().Endpoint.AbsoluteUri.ShouldBe(endpoint);

    [Fact]
    public void Of_EveryVariable_IsTaken()
    {
        var settings = Of(
            $"{Prefix}ENDPOINT=http://c;{Prefix}METRICS_PROTOCOL=grpc;{Prefix}HEADERS=a=b;{Prefix}TIMEOUT=1500;OTEL_METRIC_EXPORT_INTERVAL=2000");

        settings.ShouldBe(new()
        {
            Endpoint = new Uri("http://c"),
            IsGrpc = true,
            Headers = "a=b",
            Timeout = TimeSpan.FromSeconds(1.5),
            Interval = TimeSpan.FromSeconds(2),
        });
    }

    [Theory]
    [InlineData("ENDPOINT=c:4318", "ENDPOINT")]
    [InlineData("ENDPOINT=ftp://c", "ENDPOINT")]
    [InlineData("ENDPOINT=http://me:hunter2@c", "ENDPOINT")]
    [InlineData("ENDPOINT=http://c;OTEL_EXPORTER_OTLP_PROTOCOL=http/json", "PROTOCOL")]
    [InlineData("ENDPOINT=http://c;OTEL_EXPORTER_OTLP_TIMEOUT=10s", "TIMEOUT")]
    [InlineData("ENDPOINT=http://c;OTEL_METRIC_EXPORT_INTERVAL=0", "OTEL_METRIC_EXPORT_INTERVAL")]
    public void Of_WrongVariable_IsNamedAndNotShown(string variables, string name)
    {
        var fault = Should.Throw<FormatException>(() => Of(Prefix + variables));

        fault.Message.ShouldContain(name);
        fault.Message.ShouldNotContain("hunter2");
    }

    private static OtlpSettings? Of(string variables)
    {
        var set = variables.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return OtlpSettings.Of(set.GetValueOrDefault);
    }
}
