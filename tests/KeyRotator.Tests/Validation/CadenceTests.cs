using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class CadenceTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(900, null, null, 900, "the key's own")]
    [InlineData(900, 60, null, 60, "the instance's, also where it is shorter")]
    [InlineData(900, null, 30, 900, "a vendor that tolerates more")]
    [InlineData(900, null, 21_600, 21_600, "never below what the vendor tolerates")]
    [InlineData(900, 60, 21_600, 21_600, "not even by the instance's word")]
    public void Of_KeyInstanceAndVendor_IsTheirs(int key, int? instance, int? least, int expected, string why)
    {
        var managed = A.Key(policy: KeyPolicy.Default with { CheckEvery = Seconds(key) });
        var profile = least is { } seconds ? new ProviderProfile { Title = "T", Probe = "p", LeastCheckEvery = Seconds(seconds) } : null;
        var configured = A.Instance("mistral") with { CheckEvery = instance is { } every ? Seconds(every) : null };

        Cadence.Of(managed, configured, profile).ShouldBe(Seconds(expected), why);
    }

    [Theory]
    [InlineData(null, null, 3_600, "the cadence")]
    [InlineData(5, null, 5, "a rejection wants its confirmation sooner")]
    [InlineData(7_200, null, 3_600, "but not later than the cadence")]
    [InlineData(null, 60, 3_600, "a short pause changes nothing")]
    [InlineData(null, 7_200, 7_200, "a long one does")]
    [InlineData(5, 7_200, 7_200, "and outranks the confirmation")]
    public void Next_WhatWaits_IsThatTime(int? confirm, int? retry, int expected, string why) =>
        Cadence.Next(s_hour, TimeSpan.Zero, Seen.Start, At(confirm), At(retry), 0.5).ShouldBe(Seen.Start + Seconds(expected), why);

    [Fact]
    public void Next_AnyJitter_StaysWithinATenth() =>
        ForAny((random, cadence) => Wait(cadence, TimeSpan.Zero, random) / cadence is >= 0.899999 and <= 1.1);

    [Fact]
    public void Next_AnyJitter_StaysAboveWhatTheVendorTolerates() => ForAny((random, cadence) => Wait(cadence, cadence, random) >= cadence);

    [Theory]
    [InlineData(0, "one", "mistral", 0, 30, "it was just asked about")]
    [InlineData(29, "one", "mistral", 0, 30, "half a minute has not passed")]
    [InlineData(30, "one", "mistral", 0, null, "it has")]
    [InlineData(-1, "one", "mistral", 0, null, "the clock was set back")]
    [InlineData(5, "two", "mistral", 0, null, "another value")]
    [InlineData(5, "one", "openai", 0, null, "another provider")]
    [InlineData(5, "one", "mistral", 1, null, "a rejection waits for its confirmation")]
    public void RestsUntil_ProbedBefore_IsForThatValueOnly(
        int seconds, string value, string provider, int rejections, int? expected, string why)
    {
        var seen = Seen.Value(A.Key(), Seen.Start + Seconds(seconds), value);
        var known = new KeyTiming
        {
            KeyId = seen.Key.Id,
            Provider = provider,
            Fingerprint = Seen.FingerprintOf("one"),
            ProbedAt = Seen.Start,
            RejectedSince = rejections > 0 ? Seen.Start : null,
        };

        Cadence.RestsUntil(known, seen, Seconds(30)).ShouldBe(At(expected), why);
    }

    [Fact]
    public void RestsUntil_NeverProbed_IsNow() => Cadence.RestsUntil(null, Seen.Value(A.Key(), Seen.Start), s_hour).ShouldBeNull();

    [Fact]
    public void RestOf_LookedAtMoreOften_SpreadsKeysOverATenthAlwaysAlike()
    {
        var profile = new ProviderProfile { Title = "T", Probe = "p", LeastCheckEvery = 6 * s_hour };
        var rests = Enumerable.Range(1, 1_000).Select(number => A.Key($"k{number}")).ToDictionary(
            key => key, key => Cadence.RestOf(key, A.Instance("cohere"), profile) / (6 * s_hour));

        rests.Values.ShouldAllBe(rest => rest >= 1 && rest < 1.1);
        rests.Values.Select(rest => (int)((rest - 1) * 100)).Distinct().Order().ShouldBe(Enumerable.Range(0, 10));
        Cadence.RestOf(A.Key("k7"), A.Instance("cohere"), profile)
            .ShouldBe(rests.Single(entry => entry.Key.Id.Value == "k7").Value * (6 * s_hour));
    }

    [Fact]
    public void RestOf_LookedAtNoMoreOften_IsWhatTheVendorTolerates() =>
        Cadence.RestOf(A.Key(), A.Instance("mistral"), new ProviderProfile { Title = "T", Probe = "p" }).ShouldBe(Seconds(30));

    private static void ForAny(Func<double, TimeSpan, bool> holds) =>
        Prop.ForAll(
            Gen.Choose(0, 999_999).Zip(Gen.Choose(30, 900_000)).ToArbitrary(), input => holds(input.Item1 / 1e6, Seconds(input.Item2)))
            .QuickCheckThrowOnFailure();

    private static TimeSpan Wait(TimeSpan cadence, TimeSpan least, double random) =>
        Cadence.Next(cadence, least, Seen.Start, null, null, random) - Seen.Start;

    private static DateTimeOffset? At(int? seconds) => seconds is { } after ? Seen.Start + Seconds(after) : null;

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
