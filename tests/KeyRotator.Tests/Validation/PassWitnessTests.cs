using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>A pass over few keys that finds one dead asks others whether it is the key or the provider.</summary>
public sealed class PassWitnessTests
{
    [Fact]
    public async Task Check_OneKeyDeadOthersGood_IsToldAtOnce()
    {
        await using var world = (await PassWorld.StartAsync()).With(20);
        world.Vendor.Revoke(PassWorld.ValueOf("k1"));

        await world.CheckAsync("k1");

        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k1"]);
        world.Vendor.Shared.Requests.Count.ShouldBe(1 + 8);
    }

    [Fact]
    public async Task Check_EverybodyIsRefused_IsTheProvidersFault()
    {
        await using var world = (await PassWorld.StartAsync()).With(20);
        await world.CheckAsync();
        world.Vendor.Everybody = FakeVendor.Unauthorized;

        await world.CheckAsync("k1");

        world.Inbox.Take().ShouldBe(["Trigger ProviderOutage gate"]);
        (await world.OpenAsync()).ShouldContain("KeyRejected k1?");
    }

    [Fact]
    public async Task Check_AnotherKeyOfThePassIsGood_AsksNobodyElse()
    {
        await using var world = (await PassWorld.StartAsync()).With(20);
        world.Vendor.Revoke(PassWorld.ValueOf("k1"));

        await world.CheckAsync("k1", "k2");

        world.Vendor.Shared.Requests.Count.ShouldBe(2);
        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k1"]);
    }

    [Fact]
    public async Task Check_KeyLongDead_AsksNobodyElse()
    {
        await using var world = (await PassWorld.StartAsync()).With(20);
        world.Vendor.Revoke(PassWorld.ValueOf("k1"));
        await world.CheckAsync("k1");
        var asked = world.Vendor.Shared.Requests.Count;

        await world.CheckAsync("k1");

        world.Vendor.Shared.Requests.Count.ShouldBe(asked);
    }

    [Fact]
    public async Task Dispatch_ClockSetBackDuringAHold_LetsItGo()
    {
        await using var world = (await PassWorld.StartAsync()).With(3);
        await world.CheckAsync();
        world.Vendor.Everybody = FakeVendor.Unauthorized;
        await world.CheckAsync();
        world.Inbox.Take().ShouldBe(["Trigger ProviderOutage gate"]);
        world.Clock.JumpTo(world.Clock.GetUtcNow().AddHours(-5));

        await world.DispatchAsync();

        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k1", "Trigger KeyRejected k2", "Trigger KeyRejected k3"], ignoreOrder: true);
    }

    [Fact]
    public async Task Serve_OneFoundDeadWhileAllOthersRest_WaitsForTheirTurn()
    {
        await using var world = (await PassWorld.StartAsync(gate: _ => A.Instance("cohere") with { Name = "gate", Control = false }))
            .With(10);
        foreach (var number in Enumerable.Range(1, 10))
        {
            world.Vendor.Script(PassWorld.ValueOf($"k{number}"), Models);
        }

        await world.ServeAsync();
        world.Clock.Advance(TimeSpan.FromHours(1));
        world.Local.Put("k3", PassWorld.ValueOf("k3", 2));
        world.Vendor.Script(PassWorld.ValueOf("k3", 2), () => ScriptedHttp.Message(401, """{"message":"invalid api token"}"""));

        await world.ServeAsync();
        (await world.OpenAsync()).ShouldBe(["ForeignChange k3", "KeyRejected k3"]);
        await world.DispatchAsync();
        world.Inbox.Take().ShouldBeEmpty();
        world.Clock.Advance(2 * PassWorld.Minute);
        await world.DispatchAsync();

        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k3"]);
    }

    private static HttpResponseMessage Models() => ScriptedHttp.Message(200, """{"models":[{"name":"command-a"}]}""");
}
