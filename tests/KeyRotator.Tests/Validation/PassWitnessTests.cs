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
}
