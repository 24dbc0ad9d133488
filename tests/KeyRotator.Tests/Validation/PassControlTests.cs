using KeyRotator.Keys;
using KeyRotator.Providers;
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
    public async Task Check_ProbeSwitchedOff_EndsWhatThePlaceWasBlamedFor()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Everybody = FakeVendor.Models;
        await world.CheckAsync();
        world.Inbox.Take().ShouldBe(["Trigger ProbeUntrustworthy gate"]);
        world.Gate = world.Gate with { Probe = false };

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Resolved ProbeUntrustworthy gate"]);
    }

    [Fact]
    public async Task Check_ProbeSwitchedOffInAnOutage_EndsTheOutage()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Everybody = FakeVendor.Broken;
        await world.CheckAsync();
        await world.CheckAsync();
        (await world.OpenAsync()).ShouldBe(["ProviderOutage gate"]);
        world.Gate = world.Gate with { Probe = false };

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Moves), DisableDiscoveryEnumeration = true)]
    public async Task Check_InstanceAsksAnotherPlace_TrustsNothingOfTheFirst(string what, Func<ProviderInstance, ProviderInstance> move)
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        world.Gate = move(world.Gate);
        world.Vendor.Everybody = FakeVendor.Models;

        await world.CheckAsync("k");

        (await world.OpenAsync()).ShouldBe(["ProbeUntrustworthy gate"], what);
        var status = await world.StatusAsync("k");
        (status.ProvenVerdict, status.Reason).ShouldBe((Verdict.Inconclusive, VerdictReason.Untrustworthy), what);
    }

    [Fact]
    public async Task Sweep_InstanceAsksAnotherPlace_MakesItsKeysDue()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        world.Gate = world.Gate with { BaseUrl = new Uri("https://other.example/v1") };

        await world.SweepAsync();
        await world.ServeAsync();

        world.Vendor.CountOf(PassWorld.ValueOf("k")).ShouldBe(2);
    }

    [Fact]
    public async Task Check_SamePlaceOtherwisePaced_KeepsItsTrust()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        world.Gate = world.Gate with { RequestsPerMinute = 600, CheckEvery = PassWorld.Minute };

        await world.CheckAsync();

        world.Vendor.Fresh.Requests.Count.ShouldBe(1);
    }

    public static TheoryData<string, Func<ProviderInstance, ProviderInstance>> Moves() => new()
    {
        { "another base URL", instance => instance with { BaseUrl = new Uri("https://other.example/v1") } },
        { "another kind", instance => instance with { Kind = "deepseek" } },
        { "another region", instance => instance with { Region = "eu" } },
        { "another organisation", instance => instance with { Organization = "acme" } },
        { "another project", instance => instance with { Project = "search" } },
        { "a header by which a gateway may choose", instance => instance with { Headers = new Dictionary<string, string> { ["x-upstream"] = "b" } } },
    };

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
