using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Simulation;

/// <summary>The outage guard over fake hours: what is told, and when.</summary>
public sealed class OutageSimulationTests
{
    private static readonly string[] s_outage = ["Trigger ProviderOutage gate", "Resolved ProviderOutage gate"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_FewKeysRevoked_TellsAtOnce(int keys)
    {
        await using var world = (await PassWorld.StartAsync()).With(keys);
        var timeline = new Timeline(world);
        await timeline.RunAsync(20);
        Revoke(world, keys);

        await timeline.RunAsync(20);

        timeline.Lines.ShouldBe(Rejected(keys), ignoreOrder: true);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(300)]
    public async Task Run_MassRevocation_ComesOutAfterTheHold(int keys)
    {
        await using var world = (await PassWorld.StartAsync()).With(keys);
        var timeline = new Timeline(world);
        await timeline.RunAsync(20);
        Revoke(world, keys);

        await timeline.RunAsync(90);

        timeline.Lines.ShouldBe([.. s_outage, .. Rejected(keys)], ignoreOrder: true);
        timeline.Told[0].Line.ShouldBe(s_outage[0]);
        var last = timeline.Told.Last(told => told.Is("Trigger KeyRejected"));
        (last.At - timeline.Told[0].At).ShouldBeLessThanOrEqualTo(OutageGuard.LongestHold + TimeSpan.FromMinutes(2));
        timeline.Told.Count.ShouldBe(keys + 2);
    }

    [Theory]
    [InlineData(3, 25)]
    [InlineData(10, 20)]
    [InlineData(10, 25)]
    [InlineData(300, 20)]
    public async Task Run_OutageOfUnauthorized_IsBlamedOnNoKey(int keys, int minutes)
    {
        await using var world = (await PassWorld.StartAsync()).With(keys);
        var timeline = new Timeline(world);
        await timeline.RunAsync(20);
        world.Vendor.Everybody = FakeVendor.Unauthorized;
        await timeline.RunAsync(minutes);
        world.Vendor.Everybody = null;

        await timeline.RunAsync(60);

        timeline.Told.Select(told => told.Line).ShouldBe(s_outage);
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task Run_NobodyAnswers_IsOneWarningAboutTheProvider(int keys)
    {
        await using var world = (await PassWorld.StartAsync()).With(keys);
        var timeline = new Timeline(world);
        await timeline.RunAsync(20);
        world.Vendor.Everybody = FakeVendor.Broken;
        await timeline.RunAsync(60);
        world.Vendor.Everybody = null;

        await timeline.RunAsync(30);

        timeline.Told.Select(told => told.Line).ShouldBe(s_outage);
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(3, 20)]
    [InlineData(10, 5)]
    [InlineData(10, 25)]
    public async Task Run_OutageOfUnauthorizedThatBecomesABreakdown_IsBlamedOnNoKey(int keys, int minutes)
    {
        await using var world = (await PassWorld.StartAsync()).With(keys);
        var timeline = new Timeline(world);
        await timeline.RunAsync(20);
        world.Vendor.Everybody = FakeVendor.Unauthorized;
        await timeline.RunAsync(minutes);
        world.Vendor.Everybody = FakeVendor.Broken;
        await timeline.RunAsync(120);
        world.Vendor.Everybody = null;

        await timeline.RunAsync(60);

        timeline.Lines.ShouldBe(s_outage);
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_MassRevocationAndABreakdown_ComesOutWhenTheProviderIsBack()
    {
        await using var world = (await PassWorld.StartAsync()).With(5);
        var timeline = new Timeline(world);
        await timeline.RunAsync(20);
        Revoke(world, 5);
        await timeline.RunAsync(25);
        world.Vendor.Everybody = FakeVendor.Broken;
        await timeline.RunAsync(60);
        timeline.Lines.ShouldBe(s_outage);
        world.Vendor.Everybody = null;

        await timeline.RunAsync(60);

        timeline.Lines.ShouldBe([.. s_outage, .. Rejected(5)], ignoreOrder: true);
    }

    [Fact]
    public async Task Run_OutageOfDaysEnds_CallsNoKeyUnverifiedBeforeItIsAskedAgain()
    {
        await using var world = (await PassWorld.StartAsync()).With(10);
        var timeline = new Timeline(world);
        await timeline.RunAsync(20);
        world.Vendor.Everybody = FakeVendor.Broken;
        await timeline.RunAsync(TimeSpan.FromHours(30), TimeSpan.FromMinutes(10));
        world.Vendor.Everybody = null;
        for (var minute = 0; minute < 60; minute++)
        {
            await timeline.RunAsync(1);
            await world.SweepAsync();
        }

        timeline.Told.Select(told => told.Line).Where(line => !line.EndsWith(" gate", StringComparison.Ordinal)).ShouldBeEmpty();
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(11)]
    public async Task Run_FlappingProvider_RejectsNoKey(int period)
    {
        await using var world = (await PassWorld.StartAsync()).With(10);
        var timeline = new Timeline(world);
        await timeline.RunAsync(20);

        await timeline.RunAsync(
            240, at => world.Vendor.Everybody = (int)at.TotalMinutes / period % 2 == 0 ? null : FakeVendor.Unauthorized);
        world.Vendor.Everybody = null;
        await timeline.RunAsync(40);

        timeline.Lines.ShouldBe(s_outage);
        timeline.Told.Count(told => told.Line == s_outage[0]).ShouldBe(timeline.Told.Count(told => told.Line == s_outage[1]));
    }

    [Fact]
    public async Task Run_OneDeadAmongMany_IsToldWithinItsCadence()
    {
        await using var world = (await PassWorld.StartAsync()).With(300);
        var timeline = new Timeline(world);
        await timeline.RunAsync(20);
        world.Vendor.Revoke(PassWorld.ValueOf("k77"));

        await timeline.RunAsync(20);

        var told = timeline.Told.ShouldHaveSingleItem();
        told.Line.ShouldBe("Trigger KeyRejected k77");
        (told.At - TimeSpan.FromMinutes(20)).ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(18));
    }

    [Fact]
    public async Task Run_KeysLongDead_OpenNoOutageAgain()
    {
        await using var world = (await PassWorld.StartAsync()).With(4);
        var timeline = new Timeline(world);
        Revoke(world, 3);
        await timeline.RunAsync(60);
        string[] told = [.. s_outage, .. Rejected(3)];
        timeline.Lines.ShouldBe(told, ignoreOrder: true);
        world.Local.IsDown = true;
        await timeline.RunAsync(30);
        world.Local.IsDown = false;

        await timeline.RunAsync(TimeSpan.FromDays(2), TimeSpan.FromMinutes(7));

        timeline.Told.Select(each => each.Line)
            .ShouldBe([.. told, "Trigger StoreUnavailable local", "Resolved StoreUnavailable local"], ignoreOrder: true);
    }

    [Fact]
    public async Task Run_KeyDiesAmongLongDead_IsToldAtOnce()
    {
        await using var world = (await PassWorld.StartAsync()).With(5);
        var timeline = new Timeline(world);
        Revoke(world, 4);
        await timeline.RunAsync(120);
        world.Vendor.Revoke(PassWorld.ValueOf("k5"));

        await timeline.RunAsync(20);

        timeline.Told[^1].Line.ShouldBe("Trigger KeyRejected k5");
    }

    private static void Revoke(PassWorld world, int keys)
    {
        foreach (var number in Enumerable.Range(1, keys))
        {
            world.Vendor.Revoke(PassWorld.ValueOf($"k{number}"));
        }
    }

    private static IEnumerable<string> Rejected(int keys) => Enumerable.Range(1, keys).Select(number => $"Trigger KeyRejected k{number}");
}
