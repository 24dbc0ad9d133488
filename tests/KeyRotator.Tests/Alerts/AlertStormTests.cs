using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>Ten thousand keys die at once: ops hear of it once a group and interval.</summary>
public sealed class AlertStormTests
{
    private const int Keys = 10_000;

    private static readonly AlertRoute s_route = new() { Channels = ["ops", "pager"] };

    [Fact]
    public async Task Storm_OfOneProvider_IsOneMessageAndOneIncident()
    {
        await using var world = await StartAsync();

        await ClaimAsync(world, Enumerable.Range(0, Keys), FindingReason.KeyRejected);
        await world.PassAsync(TimeSpan.FromMinutes(1));

        var message = world.Ops.Messages.ShouldHaveSingleItem().GetProperty("data");
        var named = message.GetProperty("findings").GetArrayLength();
        named.ShouldBeGreaterThan(10);
        (named + message.GetProperty("omitted").GetInt32()).ShouldBe(Keys);
        world.Pager.OpenIncidents().ShouldHaveSingleItem();
        world.Pager.Taken.ShouldHaveSingleItem().Body.GetProperty("payload").GetProperty("summary").GetString()
            .ShouldStartWith("[CRITICAL] 10000 findings: KeyRejected, mistral");
    }

    [Fact]
    public async Task Storm_ThatGoesOnForAnHour_IsOneMessageAnInterval()
    {
        await using var world = await StartAsync();

        for (var minute = 0; minute < 60; minute++)
        {
            await ClaimAsync(world, Enumerable.Range(minute * 100, 100), FindingReason.KeyRejected);
            await world.PassAsync(TimeSpan.FromMinutes(1));
        }

        await world.PassAsync(TimeSpan.FromMinutes(10));
        IntervalsOf(world.Ops).ShouldAllBe(interval => interval >= s_route.GroupInterval);
        world.Ops.Taken.Count.ShouldBeInRange(11, 14); // 60 minutes / 5, the first after half a minute, the last after the interval
        Told(world.Ops).ShouldBe(6_000);
        world.Pager.OpenIncidents().Count.ShouldBe(world.Ops.Taken.Count);
    }

    [Fact]
    public async Task Storm_ThatIsOver_EndsInOneMessageAndEndsTheIncident()
    {
        await using var world = await StartAsync();
        await ClaimAsync(world, Enumerable.Range(0, Keys), FindingReason.KeyRejected);
        await world.PassAsync(TimeSpan.FromMinutes(6));

        await ResolveAsync(world, Enumerable.Range(0, Keys - 1));
        await world.PassAsync(TimeSpan.FromMinutes(6));
        world.Pager.OpenIncidents().Count.ShouldBe(1, "one key is still dead");
        await ResolveAsync(world, [Keys - 1]);
        await world.PassAsync(TimeSpan.FromMinutes(6));

        world.Ops.Taken.Count.ShouldBe(3);
        world.Pager.OpenIncidents().ShouldBeEmpty();
        world.Pager.Taken.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Storm_OfTwoProvidersAndReasons_IsOneMessageEach()
    {
        await using var world = await StartAsync();

        await ClaimAsync(world, Enumerable.Range(0, Keys).Where(number => number % 2 == 0), FindingReason.KeyRejected);
        await ClaimAsync(world, Enumerable.Range(0, Keys).Where(number => number % 2 == 1), FindingReason.QuotaExhausted);
        await ClaimAsync(world, Enumerable.Range(Keys, Keys), FindingReason.KeyRejected);
        await world.PassAsync(TimeSpan.FromMinutes(4));

        world.Ops.Messages.Select(message => message.GetProperty("data").GetProperty("common").GetString())
            .ShouldBe(["KeyRejected, mistral", "QuotaExhausted, mistral", "KeyRejected, openai"], ignoreOrder: true);
    }

    [Fact]
    public async Task Storm_ThatEndsBeforeAnybodyHeard_IsToldNowhere()
    {
        await using var world = await StartAsync();

        await ClaimAsync(world, Enumerable.Range(0, Keys), FindingReason.KeyRejected);
        await world.PassAsync(TimeSpan.FromSeconds(20));
        await ResolveAsync(world, Enumerable.Range(0, Keys));
        await world.PassAsync(TimeSpan.FromMinutes(10));

        world.Ops.Taken.ShouldBeEmpty();
        world.Pager.Taken.ShouldBeEmpty();
    }

    [Fact]
    public async Task Storm_ReceiverDownForADay_IsToldOnceItIsBack()
    {
        await using var world = await StartAsync();
        world.Ops.Always = ReceiverFault.Down;
        for (var hour = 0; hour < 24; hour++)
        {
            await ClaimAsync(world, Enumerable.Range(hour * 100, 100), FindingReason.KeyRejected);
            await world.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5));
        }

        world.Ops.Recover();
        await world.PassAsync(TimeSpan.FromHours(6), TimeSpan.FromMinutes(5));

        Told(world.Ops).ShouldBe(2_400);
        world.Ops.Repeats.ShouldBe(0);
    }

    // The findings that the messages open, those they do not name included.
    private static int Told(ToldReceiver receiver) => receiver.Messages
        .Select(message => message.GetProperty("data"))
        .Where(data => data.TryGetProperty("tally", out _))
        .Sum(data => data.GetProperty("tally").GetProperty("new").GetInt32());

    private static IEnumerable<TimeSpan> IntervalsOf(ToldReceiver receiver) =>
        receiver.Taken.Zip(receiver.Taken.Skip(1), (one, next) => next.At - one.At);

    private static Task<AlertWorld> StartAsync() => AlertWorld.StartAsync(
        s_route, Enumerable.Range(0, 2 * Keys).Select(number => A.Key(Id(number), number < Keys ? "mistral" : "openai")));

    private static string Id(int number) => $"key-{number}";

    private static Task ClaimAsync(AlertWorld world, IEnumerable<int> keys, FindingReason reason) => world.ClaimAsync(
        keys.Select(number => (FindingSubject.Key(Id(number)), (IReadOnlyList<FindingClaim>)[AlertWorld.Claim(Id(number), reason)])));

    private static Task ResolveAsync(AlertWorld world, IEnumerable<int> keys) =>
        world.ClaimAsync(keys.Select(number => (FindingSubject.Key(Id(number)), (IReadOnlyList<FindingClaim>)[])));
}
