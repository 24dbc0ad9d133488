using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>A quarter of an hour goes 2,880 times into a month of thirty days, six hours 120 times.</summary>
public sealed class CallEstimateTests
{
    private static readonly TimeSpan s_quarter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_rarely = TimeSpan.FromHours(6);
    private static readonly TimeSpan s_gather = TimeSpan.FromSeconds(15);
    private static readonly StoreCapabilities s_single = new();
    private static readonly StoreCapabilities s_batches = new() { ValuesPerCall = 20, VersionsPerCall = 100 };

    [Theory]
    [InlineData(1, 2_880, "each probe is a read")]
    [InlineData(30, 86_400, "and none of them share one")]
    public void PerMonth_SingleReads_AreThoseOfTheProbes(int keys, double reads, string why) =>
        PerMonth(keys, true, s_quarter, s_single).ShouldBe(new MonthlyCalls(reads, 0), why);

    [Theory]
    [InlineData(1, 2_880, "nobody else is due then")]
    [InlineData(120, 172_800, "two are due every fifteen seconds")]
    [InlineData(60_000, 8_640_000, "twenty a call at most")]
    public void PerMonth_Batches_AreAsFullAsKeysComeDueTogether(int keys, double reads, string why) =>
        PerMonth(keys, true, s_quarter, s_batches).Reads.ShouldBe(reads, 1, why);

    [Fact]
    public void PerMonth_Rests_IsListedBetweenProbes()
    {
        var calls = PerMonth(5_000, true, s_rarely, s_batches);

        calls.Lists.ShouldBe(50 * 2_880, 1);
        calls.Reads.ShouldBe(5_000 * 120 / (5_000 * 15 / s_rarely.TotalSeconds), 1);
    }

    [Fact]
    public void PerMonth_RestsAndListingTellsNoVersions_IsReadAtEachLook() =>
        PerMonth(5_000, true, s_rarely, s_single).ShouldBe(new MonthlyCalls(5_000 * 2_880, 0));

    [Fact]
    public void PerMonth_FewRest_AreReadInPlaceOfAListing() => PerMonth(30, true, s_rarely, s_batches).Lists.ShouldBe(0);

    [Fact]
    public void PerMonth_OtherLocations_AreListedAtTheCadence() =>
        PerMonth(5_000, false, s_quarter, s_batches).ShouldBe(new MonthlyCalls(0, 50 * 2_880));

    [Fact]
    public void PerMonth_LocalOrNothingDeclared_IsNone()
    {
        PerMonth(5, true, s_quarter, new StoreCapabilities { IsLocal = true }).ShouldBe(default);
        CallEstimate.PerMonth([], s_batches, s_gather).ShouldBe(default);
    }

    [Fact]
    public void Of_DeclaredKey_TakesCadenceOfKeyInstanceAndVendor()
    {
        var profile = new ProviderProfile { Title = "T", Probe = "p", LeastCheckEvery = s_rarely };
        var key = A.Key() with { Locations = [A.Key().Primary, new SecretLocation { Store = "copy", Name = "n" }] };

        LocationCadence.Of(key, key.Primary, A.Instance("cohere"), profile).ShouldBe(new("llm/mistral", true, s_quarter, s_rarely));
        LocationCadence.Of(key, key.Locations[1], A.Instance("x") with { Probe = false }, profile)
            .ShouldBe(new("n", false, s_quarter, null));
    }

    [Fact]
    public void Price_OfCalls_IsTheListPricesShare() => new CallPrice(0.03m, 10_000, "2026-11").Of(14_400_000).ShouldBe(43.2m);

    private static MonthlyCalls PerMonth(int keys, bool isPrimary, TimeSpan probeEvery, StoreCapabilities can)
    {
        var locations = Enumerable.Range(1, keys).Select(number => new LocationCadence($"k{number}", isPrimary, s_quarter, probeEvery));
        return CallEstimate.PerMonth([.. locations], can, s_gather);
    }
}
