using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Whether an instance's acceptances are believed.</summary>
public sealed class PassControlTests
{
    [Fact]
    public async Task Check_MadeUpKeyIsAccepted_NoKeyIs()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Everybody = FakeVendor.Models;

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Trigger ProbeUntrustworthy gate"]);
        var status = await world.StatusAsync("k");
        (status.Verdict, status.Reason).ShouldBe((Verdict.Inconclusive, VerdictReason.Untrustworthy));
        status.AcceptedAt.ShouldBeNull();
    }

    [Fact]
    public async Task Check_MadeUpKeyIsRefused_BelievesAndAsksOnceADay()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        await world.CheckAsync();
        world.Vendor.Fresh.Requests.Count.ShouldBe(1);
        world.Clock.Advance(TimeSpan.FromDays(1));

        await world.CheckAsync();

        world.Vendor.Fresh.Requests.Count.ShouldBe(2);
        world.Vendor.Fresh.Requests.Select(request => request.Header("Authorization")).ShouldBeUnique();
    }

    [Fact]
    public async Task Check_InstanceBecomesStrict_IsTrustedFromTheNextControlOn()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Everybody = FakeVendor.Models;
        await world.CheckAsync();
        world.Inbox.Take();
        world.Vendor.Everybody = null;
        world.Clock.Advance(TimeSpan.FromDays(1));

        await world.CheckAsync();

        (await world.StatusAsync("k")).Verdict.ShouldBe(Verdict.Accepted);
        world.Inbox.Take().ShouldBe(["Resolved ProbeUntrustworthy gate"]);
    }

    [Fact]
    public async Task Check_ControlOff_SendsNoMadeUpKey()
    {
        await using var world = (await PassWorld.StartAsync(gate: instance => instance with { Control = false })).With("k");
        world.Vendor.Everybody = FakeVendor.Models;

        await world.CheckAsync();

        world.Vendor.Fresh.Requests.ShouldBeEmpty();
        (await world.StatusAsync("k")).Verdict.ShouldBe(Verdict.Accepted);
    }

    [Fact]
    public async Task Check_ProbeNone_SendsNothing()
    {
        await using var world = (await PassWorld.StartAsync(gate: instance => instance with { Probe = false })).With("k");

        await world.CheckAsync();
        world.Clock.Advance(TimeSpan.FromDays(3));
        await world.CheckAsync();

        world.Vendor.Shared.Requests.ShouldBeEmpty();
        world.Vendor.Fresh.Requests.ShouldBeEmpty();
        (await world.OpenAsync()).ShouldBeEmpty();
    }
}
