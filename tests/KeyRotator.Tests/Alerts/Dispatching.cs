using KeyRotator.Alerts;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>A dispatcher with a database of its own, scripted receivers and a clock that stands still.</summary>
internal sealed class Dispatching : IAsyncDisposable
{
    /// <summary>Too short for any retry: a drain never waits for the clock.</summary>
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(1);

    private Dispatching(StateDatabase database, ScriptedHttp http, ManualClock clock)
    {
        (Database, Http, Clock) = (database, http, clock);
        Dispatcher = new AlertDispatcher(database, http.Invoker(), clock, new NoJitter(), Log);
    }

    public StateDatabase Database { get; }

    public ScriptedHttp Http { get; }

    public ManualClock Clock { get; }

    public CapturedLog<AlertDispatcher> Log { get; } = new();

    public AlertDispatcher Dispatcher { get; }

    public Dictionary<string, ChannelSettings> Channels { get; } = new()
    {
        ["ops"] = AnAlert.Channel(),
        ["audit"] = AnAlert.Channel("audit", "https://audit.example/hook"),
    };

    /// <summary>Ids of the messages that were sent, in order, repeats included.</summary>
    public IEnumerable<string?> SentIds => Http.Requests.Select(request => request.Header("webhook-id"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Dispatching> StartAsync(ScriptedHttp http, string? path = null, ManualClock? clock = null)
    {
        var time = clock ?? new ManualClock();
        return new Dispatching(await StateDatabase.OpenAsync(path, time, Token), http, time);
    }

    public static OutboxMessage Message(long finding, string occasion = "trigger", string channel = "ops") => new(
        finding, channel, occasion, AnAlert.Of(
            AlertKind.Trigger, AnAlert.Finding()) with
        { Id = $"{finding}-{occasion}-{channel}" }, AnAlert.At);

    public async Task EnqueueAsync(params IReadOnlyList<OutboxMessage> messages)
    {
        await using var transaction = await Database.BeginWriteAsync(Token);
        await OutboxTable.EnqueueAsync(transaction, messages, Token);
        await transaction.CommitAsync(Token);
    }

    public Task<DrainResult> DrainAsync(TimeSpan? budget = null) => Dispatcher.DrainAsync(Channels, budget ?? s_short, Token);

    public Task TidyAsync(int mostWaiting) => new OutboxTidying(Database, Clock, Log).RunAsync(mostWaiting, Token);

    public async Task<ChannelBacklog> BacklogAsync(string channel = "ops")
    {
        await using var transaction = await Database.BeginReadAsync(Token);
        return (await OutboxTable.BacklogAsync(transaction, Token)).Single(backlog => backlog.Channel == channel);
    }

    public async Task<IReadOnlySet<string>> CancelUntoldAsync(long finding)
    {
        await using var transaction = await Database.BeginWriteAsync(Token);
        var told = await OutboxTable.CancelUntoldAsync(transaction, finding, Clock.GetUtcNow(), Token);
        await transaction.CommitAsync(Token);
        return told;
    }

    /// <summary>What a process does up to the moment at which it is killed: claim and send, without a record.</summary>
    public async Task SendAndDieAsync(string channel)
    {
        await using var transaction = await Database.BeginWriteAsync(Token);
        var claimed = await OutboxTable.ClaimAsync(transaction, channel, Clock.GetUtcNow(), AlertDispatcher.Lease, 1, Token);
        await transaction.CommitAsync(Token);
        await new AlertSender(Http.Invoker(), Clock).SendAsync(Channels[channel], claimed[0].Alert, Token);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private sealed class NoJitter : Random
    {
        public override double NextDouble() => 0;
    }
}

/// <summary>A trial of one message.</summary>
internal static class DispatcherTrials
{
    public static Task<DeliveryAttempt> TestAsync(
        this AlertDispatcher dispatcher, ChannelSettings channel, CancellationToken cancellationToken) =>
        dispatcher.TestAsync(channel, TrialAlerts.Of("inst", channel, AnAlert.At)[0], cancellationToken);
}
