using KeyRotator.Hosting;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

public sealed class DatabaseStartTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new();
    private readonly ServicePhase _phase = new();
    private readonly Lines _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _phase.DisposeAsync();

    [Fact]
    public async Task Run_DatabaseComesLater_WaitsSaysWhyOnceAndBegins()
    {
        var faults = new Queue<string>(["nobody listens", "nobody listens", "is starting", "nobody listens"]);
        var told = new List<string?>();

        var run = Start(isServer: true).RunAsync(
            _ =>
            {
                told.Add(_phase.WaitsFor);
                return faults.TryDequeue(out var fault) ? throw Fault(fault) : Task.CompletedTask;
            },
            Token);
        await Drive.UntilDone(run, _clock, StartDecision.LongestWait);

        told.ShouldBe(["the service starts", "nobody listens", "nobody listens", "is starting", "nobody listens"]);
        _phase.WaitsFor.ShouldBeNull();
        _log.Texts.ShouldBe(
        [
            "Waiting for the database: nobody listens",
            "Waiting for the database: is starting",
            "The database answers; work begins",
        ]);
    }

    [Fact]
    public async Task Run_DatabaseAnswersAtOnce_SaysNothing()
    {
        await Start(isServer: true).RunAsync(_ => Task.CompletedTask, Token);

        _phase.WaitsFor.ShouldBeNull();
        _log.Texts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_WaitingMendsNothing_Ends()
    {
        var start = Start(isServer: true);

        (await Should.ThrowAsync<StateException>(() => start.RunAsync(_ => throw new StateException("wrong password", null), Token)))
            .Message.ShouldBe("wrong password");
        _phase.WaitsFor.ShouldNotBeNull();
    }

    [Fact]
    public async Task Run_CancelledWhileItWaits_EndsAtOnce()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = Start(isServer: true).RunAsync(_ => throw Fault("nobody listens"), stop.Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => run);
    }

    private DatabaseStart Start(bool isServer) => new(_phase, isServer, _clock, _log);

    private static StateException Fault(string sentence) => new(sentence, null) { MayPass = true };

    private sealed class Lines : ILogger<DatabaseStart>
    {
        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Add(formatter(state, exception));
    }
}
