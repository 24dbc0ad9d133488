using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Passes that may not or cannot ask: pauses, silence, time limits. No key is called checked for that, and none is
/// forgotten.</summary>
public sealed class PassPutOffTests
{
    private static readonly string s_value = PassWorld.ValueOf("k");

    [Fact]
    public async Task Serve_ThrottledForDays_AsksEveryKeyAndLeavesNoneInSilence()
    {
        await using var world = (await PassWorld.StartAsync(gate: Uncontrolled)).With(30);
        world.Vendor.Everybody = () => FakeVendor.Throttled(3_600);
        for (var hour = 0; hour < 60; hour++)
        {
            await world.ServeAsync();
            world.Clock.Advance(TimeSpan.FromHours(1));
        }

        Numbers(30).Select(id => world.Vendor.CountOf(PassWorld.ValueOf(id))).ShouldAllBe(count => count > 0);
        (await world.OpenAsync()).ShouldBe(Numbers(30).Select(id => $"KeyUnverified {id}"), ignoreOrder: true);
    }

    [Fact]
    public async Task Check_InThePause_LeavesTheKeyAsItWasAndDueAtItsEnd()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        var before = await world.StatusAsync("k");
        world.Vendor.Everybody = () => FakeVendor.Throttled(3_600);
        world.With("other");
        await world.CheckAsync("other");
        var end = world.Clock.GetUtcNow().AddHours(1);

        await world.CheckAsync();

        var after = await world.StatusAsync("k");
        (after.Verdict, after.CheckedAt, after.NextCheckAt).ShouldBe((Verdict.Accepted, before.CheckedAt, end));
        after.InconclusiveSince.ShouldBe(world.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Check_PauseNotedBeforeTheClockWasSetBack_CountsForNothing()
    {
        using var folder = new TempFolder();
        await using var first = (await PassWorld.StartAsync(folder["state.db"])).With("k");
        first.Vendor.Everybody = () => FakeVendor.Throttled(3_600);
        await first.CheckAsync();

        await using var second = (await PassWorld.StartAsync(folder["state.db"], new ManualClock(first.Clock.GetUtcNow().AddDays(-9))))
            .With("k");
        await second.CheckAsync();

        (await second.StatusAsync("k")).Verdict.ShouldBe(Verdict.Accepted);
    }

    [Fact]
    public async Task Check_ControlIsToldToWait_AsksNobodyElse()
    {
        using var folder = new TempFolder();
        await using var first = (await PassWorld.StartAsync(folder["state.db"])).With("k");
        first.Vendor.Everybody = () => FakeVendor.Throttled(3_600);

        await first.CheckAsync();

        first.Vendor.CountOf(s_value).ShouldBe(0);
        await using var second = (await PassWorld.StartAsync(folder["state.db"], first.Clock)).With("k");
        await second.CheckAsync();
        second.Vendor.Fresh.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false, "nobody answers")]
    [InlineData(true, "everybody is told to wait a moment")]
    public async Task Check_InstanceServesNothing_IsGivenUpAfterAFew(bool isThrottled, string why)
    {
        await using var world = (await PassWorld.StartAsync(gate: Uncontrolled)).With(100);
        world.Vendor.Everybody = isThrottled ? () => FakeVendor.Throttled(5) : () => throw new HttpRequestException();
        var before = world.Clock.GetUtcNow();

        var result = await world.CheckAsync();

        world.Vendor.Shared.Requests.Count.ShouldBeInRange(16, 24, why);
        (result.Checked, result.PutOff).ShouldBe((100, 100 - world.Vendor.Shared.Requests.Count), why);
        (world.Clock.GetUtcNow() - before).ShouldBeLessThan(TimeSpan.FromMinutes(3), why);
    }

    [Fact]
    public async Task Check_NobodyAnswersTwice_AsksOthersTheSecondTimeAndIsAnOutage()
    {
        await using var world = (await PassWorld.StartAsync(gate: Uncontrolled)).With(40);
        world.Vendor.Everybody = () => throw new HttpRequestException();
        await world.CheckAsync();
        var first = world.Vendor.Shared.Requests.Count;

        await world.CheckAsync();

        Numbers(40).Count(id => world.Vendor.CountOf(PassWorld.ValueOf(id)) > 0).ShouldBe(Math.Min(40, world.Vendor.Shared.Requests.Count));
        world.Vendor.Shared.Requests.Count.ShouldBeGreaterThan(first);
        (await world.OpenAsync()).ShouldBe(["ProviderOutage gate"]);
    }

    [Fact]
    public async Task Check_FewFaultsBetweenAnswers_AsksEverybody()
    {
        await using var world = (await PassWorld.StartAsync()).With(60);
        Numbers(60).Where((_, index) => index % 3 != 0).ToList()
            .ForEach(id => world.Vendor.Script(PassWorld.ValueOf(id), () => throw new HttpRequestException()));

        var result = await world.CheckAsync();

        world.Vendor.Shared.Requests.Count.ShouldBe(60);
        result.PutOff.ShouldBe(0);
    }

    [Fact]
    public async Task Serve_TimeIsUp_StartsNoFurtherProbe()
    {
        await using var world = (await PassWorld.StartAsync(gate: Uncontrolled)).With(50);
        var oneByOne = new Lock();
        world.Vendor.Asked = () =>
        {
            lock (oneByOne)
            {
                world.Clock.Advance(TimeSpan.FromSeconds(20));
            }
        };

        var result = await world.ServeAsync(TimeSpan.FromSeconds(45));

        world.Vendor.Shared.Requests.Count.ShouldBeInRange(3, 3 + 8);
        result.PutOff.ShouldBe(50 - world.Vendor.Shared.Requests.Count);
        world.Vendor.Asked = null;
        await world.ServeAsync();
        (await world.StatusesAsync([.. Numbers(50)])).ShouldAllBe(status => status.Verdict == Verdict.Accepted);
    }

    [Fact]
    public async Task Serve_FewRequestsAMinute_WaitsForNoTurnBehindItsTime()
    {
        await using var world = (await PassWorld.StartAsync(gate: instance => Uncontrolled(instance) with { RequestsPerMinute = 12 }))
            .With(50);
        var before = world.Clock.GetUtcNow();

        await world.ServeAsync(TimeSpan.FromSeconds(20));

        world.Vendor.Shared.Requests.Count.ShouldBe(4);
        (world.Clock.GetUtcNow() - before).ShouldBe(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Check_ConfirmationIsFarAway_IsLeftToALaterPass()
    {
        await using var world = (await PassWorld.StartAsync())
            .With("k", key => key with { Policy = key.Policy with { ConfirmAfter = TimeSpan.FromSeconds(31) } });
        world.Vendor.Revoke(s_value);
        var before = world.Clock.GetUtcNow();
        await world.CheckAsync();
        (world.Clock.GetUtcNow() - before).ShouldBe(PassWorld.Minute);
        (await world.StatusAsync("k")).NextCheckAt.ShouldBe(world.Clock.GetUtcNow().AddSeconds(31));
        (await world.OpenAsync()).ShouldBeEmpty();

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["KeyRejected k"]);
    }

    private static ProviderInstance Uncontrolled(ProviderInstance instance) => instance with { Control = false };

    private static IEnumerable<string> Numbers(int count) => Enumerable.Range(1, count).Select(number => $"k{number}");
}
