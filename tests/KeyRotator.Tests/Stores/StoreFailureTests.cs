using System.Net;
using KeyRotator.Configuration;
using KeyRotator.Metrics;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>What is counted of requests to stores.</summary>
public sealed class StoreFailureTests : IDisposable
{
    private readonly RecordedMetrics _recorded = new();
    private readonly string _store = $"store-{Guid.NewGuid():N}";
    private readonly ManualClock _clock = new();

    public void Dispose() => _recorded.Dispose();

    [Theory]
    [InlineData(200, "")]
    [InlineData(404, "")]
    [InlineData(409, "")]
    [InlineData(401, "denied 1")]
    [InlineData(403, "denied 1")]
    [InlineData(429, "throttled 1")]
    [InlineData(500, "server_error 1")]
    [InlineData(503, "server_error 1")]
    public void Note_Status_IsAFailureWhereTheStoreFailed(int status, string told)
    {
        StoreFailure.Note(_store, (HttpStatusCode)status);

        Told().ShouldBe(told);
    }

    [Fact]
    public async Task Send_FaultsAndThenAnAnswer_CountsEachRequest()
    {
        const string Down = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
        await using var server = HostileServer.Answering(Down, Down, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");

        await SendAsync(server.Url);

        Told().ShouldBe("server_error 2");
        _recorded.Of(StoreMetrics.Duration).Single(series => series.Labels[0] == _store).Read().Counts.Sum().ShouldBe(3);
    }

    [Fact]
    public async Task Send_NobodyListens_IsUnreachable()
    {
        var server = HostileServer.Answering("");
        var address = server.Url;
        await server.DisposeAsync();

        await Should.ThrowAsync<StoreUnreachableException>(() => SendAsync(address));

        Told().ShouldBe("unreachable 4");
    }

    private async Task SendAsync(Uri address)
    {
        using var client = new StoreClient(
            new StoreSettings { Name = _store, Kind = "aws", Options = new AwsStoreOptions { Address = address } }, _clock);
        var call = new StoreCall("read", null, () => new(HttpMethod.Get, address)) { Kind = StoreRequestKind.Read, IsRepeatable = true };
        using var answer = await Drive.UntilDone(client.SendAsync(call, TestContext.Current.CancellationToken), _clock);
    }

    private string Told() => string.Join(", ", _recorded.Of(StoreMetrics.Failures).Where(series => series.Labels[0] == _store)
        .Select(series => $"{series.Labels[1]} {series.Read().Value}"));
}
