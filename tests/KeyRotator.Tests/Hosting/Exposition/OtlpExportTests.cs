using KeyRotator.Hosting.Exposition;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting.Exposition;

public sealed class OtlpExportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 300_000)]
    [InlineData(2_000, false, "there is room")]
    [InlineData(2_001, true, "there were none when it began")]
    public async Task Export_MoreKeysThanItHasRoomFor_SaysThatTheyAreLeftOut(int count, bool leftOut, string why)
    {
        await using var receiver = HostileServer.Answering("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n");
        await using var world = await MetricsWorld.StartAsync([.. Enumerable.Range(0, count).Select(number => A.Key($"k{number}"))]);
        using var collector = new MetricsCollector(world.Sources, NullLogger<MetricsCollector>.Instance);
        using var export = new OtlpExport(collector, SettingsOf(receiver), "test", keys: 0, TimeProvider.System);

        (await export.ExportAsync(TimeSpan.FromMinutes(1), Token)).ShouldBeTrue(why);

        export.LeftKeysOut.ShouldBe(leftOut, why);
    }

    private static OtlpSettings SettingsOf(HostileServer receiver) =>
        OtlpSettings.Of(name => name is "OTEL_EXPORTER_OTLP_ENDPOINT" ? $"http://127.0.0.1:{receiver.Port}" : null)!;
}
