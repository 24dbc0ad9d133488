using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>The end of an outage that looked like dead keys.</summary>
public sealed class PassRecoveryTests
{
    [Fact]
    public async Task Check_OneKeyGoodAgain_TellsNothingOfTheOthersYet()
    {
        await using var world = await BrokenAsync();

        await world.CheckAsync("k1");

        world.Inbox.Take().ShouldBe(["Resolved ProviderOutage gate"]);
        (await world.OpenAsync()).ShouldBe(["KeyRejected k2?", "KeyRejected k3?"]);
    }

    [Fact]
    public async Task Check_AllGoodAgain_BlamesNoKey()
    {
        await using var world = await BrokenAsync();

        await world.CheckAsync();
        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Resolved ProviderOutage gate"]);
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_OneKeyStaysBad_IsTold()
    {
        await using var world = await BrokenAsync();
        world.Vendor.Revoke(PassWorld.ValueOf("k2"));

        await world.CheckAsync("k1", "k3");
        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Resolved ProviderOutage gate", "Trigger KeyRejected k2"]);
    }

    // Three keys that everybody's rejection has struck, and one alert about it.
    private static async Task<PassWorld> BrokenAsync()
    {
        var world = (await PassWorld.StartAsync()).With(3);
        await world.CheckAsync();
        world.Vendor.Everybody = FakeVendor.Unauthorized;
        await world.CheckAsync();
        world.Inbox.Take().ShouldBe(["Trigger ProviderOutage gate"]);
        world.Vendor.Everybody = null;
        return world;
    }
}
