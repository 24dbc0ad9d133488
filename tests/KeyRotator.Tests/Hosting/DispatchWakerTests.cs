using KeyRotator.Alerts;
using KeyRotator.Hosting;
using KeyRotator.State;
using KeyRotator.Tests.Alerts;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

/// <summary>What this process commits is delivered at once, without any job, and whatever other receivers do.</summary>
public sealed class DispatchWakerTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly HostileServer _audit = HostileServer.Answering("HTTP/1.1 204 No Content\r\n\r\n");
    private readonly HostileServer _ops = HostileServer.Start(async connection =>
    {
        await connection.ReadRequestAsync();
        await connection.HangAsync();
    });

    private StateDatabase _state = null!;
    private LiveRuntime _live = null!;
    private DispatchWaker _waker = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _state = await StateDatabase.OpenAsync(null, _clock, Token);
        _live = new LiveRuntime(_state, _clock, NullLoggerFactory.Instance);
        ChannelSettings[] channels = [AnAlert.Channel("audit", _audit.Url.ToString()), AnAlert.Channel("ops", _ops.Url.ToString())];
        await _live.PutInForceAsync(new() { Database = new(), Channels = channels.ToDictionary(channel => channel.Name) }, Token);
        _waker = new DispatchWaker(_live, _clock, NullLogger<DispatchWaker>.Instance);
        await _waker.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _waker.StopAsync(CancellationToken.None);
        _waker.Dispose();
        _live.Dispose();
        await _state.DisposeAsync();
        await _audit.DisposeAsync();
        await _ops.DisposeAsync();
    }

    [Fact(Timeout = 300_000)]
    public async Task Commit_Messages_AreDeliveredWithoutAJob()
    {
        for (var finding = 1; finding <= 3; finding++)
        {
            await EnqueueAsync(Dispatching.Message(finding, channel: "audit"));
            await ArriveAsync(_audit);
        }

        _audit.Requests.Count.ShouldBe(3);
    }

    [Fact(Timeout = 300_000)]
    public async Task Commit_OneReceiverHangs_TheOthersMessagesComeAtOnce()
    {
        await EnqueueAsync(Dispatching.Message(1));
        await ArriveAsync(_ops);

        await EnqueueAsync(Dispatching.Message(2, channel: "audit"));
        await ArriveAsync(_audit);

        _ops.Requests.Count.ShouldBe(1);
    }

    [Fact(Timeout = 300_000)]
    public async Task Stop_ReceiverHangs_EndsAndKeepsTheMessage()
    {
        await EnqueueAsync(Dispatching.Message(1));
        await ArriveAsync(_ops);

        await _waker.StopAsync(Token);

        await using var transaction = await _state.BeginReadAsync(Token);
        (await OutboxTable.BacklogAsync(transaction, Token)).Single().Waiting.ShouldBe(1);
    }

    // Between two rounds it rests by the clock.
    private async Task ArriveAsync(HostileServer server)
    {
        var arrival = server.ReceivedAsync(Token);
        while (!arrival.IsCompleted)
        {
            // Taken before the step: a timer that is set during it is seen.
            var set = _clock.TimerSet;
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.WhenAny(arrival, set);
        }

        await arrival;
    }

    private async Task EnqueueAsync(OutboxMessage message)
    {
        await using var transaction = await _state.BeginWriteAsync(Token);
        await OutboxTable.EnqueueAsync(transaction, [message], Token);
        await transaction.CommitAsync(Token);
    }
}
