using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Keys that are looked at and not probed: where a listing shows the version of last time, nothing is read.</summary>
/// <remarks>The vendor tolerates a probe every thirty seconds, and places are looked at every ten.</remarks>
public sealed class PassListingTests
{
    private const int Many = 60; // worth a listing of six calls in place of sixty reads
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Check_AllRest_ListsOnceAndReadsNothing()
    {
        await using var world = (await StartAsync()).With(Many);
        await world.CheckAsync();

        var result = await world.CheckAtOnceAsync();

        Counts(world).ShouldBe((Many, 1));
        (result.Checked, result.Skipped, result.StoreFailures).ShouldBe((Many, Many, 0));
        (await world.StatusAsync("k7")).Verdict.ShouldBe(Verdict.Accepted);
    }

    [Fact]
    public async Task Check_SomeChanged_ReadsAndProbesThoseAtOnce()
    {
        await using var world = (await StartAsync()).With(Many);
        await world.CheckAsync();
        Change(world, "k3");

        await world.CheckAtOnceAsync();

        Counts(world).ShouldBe((Many + 1, 1));
        world.Vendor.CountOf(PassWorld.ValueOf("k3", 2)).ShouldBe(1);
        (await world.StatusAsync("k3")).Version.ShouldBe(2);
    }

    [Fact]
    public async Task Check_SomeGone_AreMissing()
    {
        await using var world = (await StartAsync()).With(Many);
        await world.CheckAsync();
        world.Local.Remove("k3");

        await world.CheckAtOnceAsync();

        (await world.OpenAsync()).ShouldBe(["SecretMissing k3"]);
    }

    [Fact]
    public async Task Check_BackAtTheVersionOfBefore_IsRead()
    {
        await using var world = (await StartAsync()).With(Many);
        await world.CheckAsync();
        world.Local.Remove("k3");
        await world.CheckAtOnceAsync();
        world.Local.Put("k3", PassWorld.ValueOf("k3"));
        world.Clock.Advance(TimeSpan.FromSeconds(1));

        await world.CheckAtOnceAsync();

        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_ListingFails_ReadsAsBeforeAndFindsNothing()
    {
        await using var world = (await StartAsync()).With(Many);
        await world.CheckAsync();
        Listing(world).CannotList = true;

        await world.CheckAtOnceAsync();

        Counts(world).ShouldBe((2 * Many, 1));
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_StoreDown_IsTheStoresFindingAsEver()
    {
        await using var world = (await StartAsync()).With(Many);
        await world.CheckAsync();
        world.Local.IsDown = true;

        (await world.CheckAtOnceAsync()).StoreFailures.ShouldBe(Many);

        (await world.OpenAsync()).ShouldBe(["StoreUnavailable local"]);
    }

    [Fact]
    public async Task Check_CouldNotBeReadBefore_IsReadAlthoughTheListingShowsIt()
    {
        await using var world = (await StartAsync()).With(Many);
        await world.CheckAsync();
        world.Local.IsDown = true;
        await world.CheckAtOnceAsync();
        world.Local.IsDown = false;
        world.Local.Denied.Add("k3");
        foreach (var expected in (int[])[Many, 1])
        {
            var reads = world.Local.Reads;
            world.Clock.Advance(TimeSpan.FromSeconds(1));

            await world.CheckAtOnceAsync();

            (world.Local.Reads - reads).ShouldBe(expected);
            (await world.OpenAsync()).ShouldBe(["StoreUnavailable local"]);
        }
    }

    [Fact]
    public async Task Check_SeveralInstances_ShareOneListing()
    {
        await using var world = await StartAsync();
        foreach (var number in Enumerable.Range(1, Many))
        {
            world.With($"k{number}", key => key with { Provider = number % 2 == 0 ? "gate" : "openai" });
        }

        await world.CheckAsync();
        await world.CheckAtOnceAsync();

        Counts(world).ShouldBe((Many, 1));
    }

    [Fact]
    public async Task Check_FewRest_AreReadInPlaceOfALongListing()
    {
        await using var world = (await StartAsync()).With(Many);
        await world.CheckAsync("k1");

        await world.CheckAtOnceAsync("k1");

        Counts(world).ShouldBe((2, 0));
    }

    [Fact]
    public async Task Check_StoreHoldsFarMore_StopsListingAndDoesNotTryAgain()
    {
        await using var world = (await StartAsync()).With(Many);
        Enumerable.Range(1, 1_000).ToList().ForEach(number => world.Local.Put($"another-{number}", "x"));
        await world.CheckAsync();

        await world.CheckAtOnceAsync();
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.CheckAtOnceAsync();

        Counts(world).ShouldBe((3 * Many, 1));
        Listing(world).Listed.ShouldBe(301, "half of what sixty reads cost, ten a call, and the one that showed that there are more");
    }

    [Fact]
    public async Task Check_NeverProbed_IsLookedAtByListing()
    {
        await using var world = (await StartAsync(probe: false)).With(Many);
        await world.CheckAsync();
        await world.CheckAsync();
        Change(world, "k3");

        await world.CheckAsync();

        Counts(world).ShouldBe((Many + 1, 2));
        (await world.StatusAsync("k3")).Version.ShouldBe(2);
    }

    [Fact]
    public async Task Serve_ChangedBetweenProbes_IsSeenAtTheNextLook()
    {
        await using var world = (await StartAsync()).With(Many);
        await world.ServeAsync();
        Change(world, "k3");

        world.Clock.Advance(s_look);
        await world.ServeDueAsync();

        (await world.StatusAsync("k3")).Version.ShouldBe(2);
        Counts(world).ShouldBe((Many + 1, 1));
    }

    [Fact]
    public async Task Serve_TenMinutes_LooksEveryTimeAndProbesNoMoreThanTheVendorTolerates()
    {
        await using var world = (await StartAsync()).With(Many);
        var seconds = 600;
        for (var second = 0; second < seconds; second++)
        {
            await world.ServeDueAsync();
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var probes = Enumerable.Range(1, Many).Select(number => world.Vendor.CountOf(PassWorld.ValueOf($"k{number}"))).ToList();
        probes.ShouldAllBe(count => count >= 17 && count <= seconds / 30, "every 30 to 34 seconds");
        world.Local.Reads.ShouldBe(probes.Sum(), "a value is read only to be probed");
        Listing(world).Listings.ShouldBeInRange(50, 60, "one for every ten seconds");
    }

    [Fact]
    public async Task Serve_OtherLocations_ShareOneListingACadence()
    {
        var copy = new ListingMemoryStore("copy");
        await using var world = await PassWorld.StartAsync(copy: copy);
        foreach (var id in Enumerable.Range(1, Many).Select(number => $"k{number}"))
        {
            world.With(id, key => key with { Locations = [key.Primary, new SecretLocation { Store = "copy", Name = id }] });
            copy.Put(id, PassWorld.ValueOf(id));
        }

        await world.ServeAsync();
        (copy.Reads, copy.Listings).ShouldBe((Many, 0));
        for (var minute = 0; minute < 60; minute++)
        {
            world.Clock.Advance(PassWorld.Minute);
            await world.ServeDueAsync();
        }

        copy.Reads.ShouldBe(Many);
        copy.Listings.ShouldBeInRange(3, 5);
        copy.Put("k9", "another");
        world.Clock.Advance(TimeSpan.FromMinutes(17));
        await world.ServeAsync();
        (await world.OpenAsync()).ShouldBe(["LocationDrift k9"]);
    }

    private static void Change(PassWorld world, string id)
    {
        world.Local.Put(id, PassWorld.ValueOf(id, 2));
        world.Vendor.Accept(PassWorld.ValueOf(id, 2));
    }

    private static ListingMemoryStore Listing(PassWorld world) => (ListingMemoryStore)world.Local;

    private static (int Reads, int Listings) Counts(PassWorld world) => (world.Local.Reads, Listing(world).Listings);

    private static Task<PassWorld> StartAsync(bool probe = true) => PassWorld.StartAsync(
        local: new ListingMemoryStore("local"), gate: instance => instance with { CheckEvery = s_look, Probe = probe });
}
