using System.Text;
using KeyRotator.Alerts;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>At least once, in order, by whatever process: outages, kills, two at once.</summary>
public sealed class DeliveryGuaranteeTests : IDisposable
{
    private static readonly string[] s_occasions = ["trigger", "reminder-1", "resolved"];

    private readonly string _folder = Directory.CreateTempSubdirectory("keyrotator-alerts").FullName;

    private string Path => System.IO.Path.Combine(_folder, "state.db");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drain_ReceiverDownForADay_LosesNothingAndKeepsTheOrder()
    {
        var isUp = false;
        var http = new ScriptedHttp()
            .Answer(_ => isUp ? ScriptedHttp.Message(200) : throw new HttpRequestException(HttpRequestError.ConnectionError));
        await using var dispatching = await Dispatching.StartAsync(http);
        await EveryFewMinutesAsync(dispatching, TimeSpan.FromHours(24), async round => await dispatching.EnqueueAsync(OfRound(round)));
        var before = http.Requests.Count;

        isUp = true;
        await EveryFewMinutesAsync(dispatching, TimeSpan.FromHours(5), _ => Task.CompletedTask);

        var arrived = dispatching.SentIds.Skip(before).Select(id => id!).ToList();
        arrived.ShouldBe(Enumerable.Range(0, 288).SelectMany(OfRound).Select(message => message.Alert.Id), ignoreOrder: true);
        arrived.GroupBy(id => id.Split('-')[0]).ShouldAllBe(finding => finding.SequenceEqual(InOrder(finding.Key, finding.Count())));
    }

    [Fact]
    public async Task Drain_TwoProcessesAtOnce_DeliverEachMessageOnce()
    {
        var http = new ScriptedHttp().Then(async (_, _) =>
        {
            await Task.Yield();
            return ScriptedHttp.Message(200);
        });
        await using var one = await Dispatching.StartAsync(http, Path);
        await using var other = await Dispatching.StartAsync(http, Path);
        await one.EnqueueAsync([.. Enumerable.Range(1, 60).Select(finding => Dispatching.Message(finding))]);

        var results = await Task.WhenAll(one.DrainAsync(), other.DrainAsync());

        results.Sum(result => result.Delivered).ShouldBe(60);
        one.SentIds.Distinct().Count().ShouldBe(60);
        http.Requests.Count.ShouldBe(60);
    }

    [Fact]
    public async Task Drain_KilledBetweenSendAndRecord_RepeatsOneMessageWithItsId()
    {
        var http = new ScriptedHttp().Answer(200);
        await using var dispatching = await Dispatching.StartAsync(http, Path);
        await dispatching.EnqueueAsync(Dispatching.Message(1), Dispatching.Message(1, "resolved"), Dispatching.Message(2));
        await dispatching.SendAndDieAsync("ops");

        await dispatching.DrainAsync();
        dispatching.SentIds.ShouldBe(["1-trigger-ops", "2-trigger-ops"]);
        dispatching.Clock.Advance(AlertDispatcher.Lease);
        await dispatching.DrainAsync();

        dispatching.SentIds.ShouldBe(["1-trigger-ops", "2-trigger-ops", "1-trigger-ops", "1-resolved-ops"]);
    }

    [Fact]
    public async Task Finish_KilledInMidSendThenGoodThenBadAgain_TellsAllOfItInItsOrder()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search");
        await world.QueueAsync();
        await ClaimAndDieAsync(world.State, world.Clock.GetUtcNow());
        await world.ResolveAsync("search");
        await world.ClaimAsync("search");
        (await world.FinishAsync()).ShouldBeEmpty("what is said of the key last must be what holds");

        world.Clock.Advance(AlertDispatcher.Lease);

        (await world.FinishAsync()).ShouldBe(
            ["Trigger KeyExpiring search", "Resolved KeyExpiring search", "Trigger KeyExpiring search"]);
    }

    [Fact]
    public async Task Drain_CancelledInMidSend_IsSentAgainAfterTheLease()
    {
        using var stopping = new CancellationTokenSource();
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Hang().Answer(200));
        await dispatching.EnqueueAsync(Dispatching.Message(1));

        var drain = dispatching.Dispatcher.DrainAsync(dispatching.Channels, TimeSpan.FromSeconds(1), stopping.Token);
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(drain);
        dispatching.Clock.Advance(AlertDispatcher.Lease);

        (await dispatching.DrainAsync()).Delivered.ShouldBe(1);
    }

    [Fact]
    public async Task Drain_LeaseWasLost_LeavesTheOthersRecordAlone()
    {
        Func<Task> takeOver = () => Task.CompletedTask;
        var http = new ScriptedHttp().Then(async (_, _) =>
        {
            await takeOver();
            return ScriptedHttp.Message(503);
        }).Answer(200);
        await using var slow = await Dispatching.StartAsync(http, Path);
        await using var other = await Dispatching.StartAsync(http, Path, slow.Clock);
        await slow.EnqueueAsync(Dispatching.Message(1));
        takeOver = async () =>
        {
            slow.Clock.JumpTo(AnAlert.At + AlertDispatcher.Lease);
            await other.DrainAsync();
        };

        await slow.DrainAsync();

        (await slow.BacklogAsync())
            .ShouldSatisfyAllConditions(backlog => backlog.Waiting.ShouldBe(0), backlog => backlog.ConsecutiveFailures.ShouldBe(0));
        slow.Log.Text.ShouldContain("6003 Warning");
    }

    [Fact]
    public async Task Drain_SecretsInAddressAndKey_AreNowhereButOnTheWire()
    {
        var canary = new Canary();
        var http = new ScriptedHttp().Answer(500, canary.Text).Fault(new HttpRequestException(canary.Text)).Answer(410);
        await using (var dispatching = await Dispatching.StartAsync(http, Path))
        {
            dispatching.Channels["ops"] = AnAlert.Channel(
                "ops", $"https://ops.example/{canary.Text}", secret: Convert.ToBase64String(Encoding.ASCII.GetBytes(canary.Text)));
            dispatching.Channels["audit"] = AnAlert.Channel("audit", secret: canary.Text + "!");
            await dispatching.EnqueueAsync(
                Dispatching.Message(1), Dispatching.Message(2), Dispatching.Message(3), Dispatching.Message(1, channel: "audit"));
            await dispatching.DrainAsync();

            (await dispatching.BacklogAsync("audit")).LastError.ShouldBe("settings");
            canary.ShouldBeAbsentFrom(dispatching.Log.Text);
        }

        Directory.GetFiles(_folder).ToList().ForEach(file => canary.ShouldBeAbsentFrom(Encoding.Latin1.GetString(File.ReadAllBytes(file))));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task ClaimAndDieAsync(StateDatabase state, DateTimeOffset now)
    {
        await using var transaction = await state.BeginWriteAsync(Token);
        (await OutboxTable.ClaimAsync(transaction, "ops", now, AlertDispatcher.Lease, 1, Token)).ShouldHaveSingleItem();
        await transaction.CommitAsync(Token);
    }

    private static IReadOnlyList<OutboxMessage> OfRound(int round) =>
        [.. s_occasions.Take(round % 4).Select(occasion => Dispatching.Message(round, occasion))];

    private static IEnumerable<string> InOrder(string finding, int count) =>
        s_occasions.Take(count).Select(occasion => $"{finding}-{occasion}-ops");

    private static async Task EveryFewMinutesAsync(Dispatching dispatching, TimeSpan time, Func<int, Task> before)
    {
        for (var round = 0; round < time / TimeSpan.FromMinutes(5); round++)
        {
            Token.ThrowIfCancellationRequested();
            await before(round);
            await dispatching.DrainAsync();
            dispatching.Clock.Advance(TimeSpan.FromMinutes(5));
        }
    }
}
