using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class LocationTrackingTests
{
    private static readonly SecretLocation s_second = new() { Store = "vault", Name = "llm" };
    private static readonly SecretLocation s_follower = new() { Store = "copy", Name = "llm", Follows = TimeSpan.FromMinutes(30) };
    private static readonly ManagedKey s_key = A.Key() with { Locations = [A.Key().Primary, s_second, s_follower] };

    [Theory]
    [InlineData("one", "one", 0, "", "all alike")]
    [InlineData("two", "one", 0, "vault:llm", "the one that KeyRotator writes drifts at once")]
    [InlineData("one", "two", 0, "", "a follower has its time")]
    [InlineData("one", "two", 29, "", "up to the last minute of it")]
    [InlineData("one", "two", 30, "copy:llm", "half-open: at thirty minutes it drifts")]
    [InlineData(null, "one", 0, "vault:llm", "an empty place holds no key")]
    [InlineData("two", "two", 30, "copy:llm vault:llm", "each by itself")]
    public void Next_SecondaryValues_DriftWhere(string? second, string? follower, int minutes, string drifting, string why)
    {
        var assessed = Seen.Assess(Look(0, second, follower), Look(minutes, second, follower));

        Drifting(assessed).ShouldBe(drifting, why);
    }

    [Fact]
    public void Next_SecondaryCaughtUp_DriftsNoMore() => Drifting(Seen.Assess(Look(0, "two", "one"), Look(1, "one", "one"))).ShouldBe("");

    [Fact]
    public void Next_StillDrifting_KeepsItsFirstTime() =>
        Seen.Assess(Look(0, "two", "one"), Look(9, "three", "one")).Status.Locations[1].DriftingSince.ShouldBe(Seen.Start);

    [Theory]
    [InlineData(nameof(PrimaryReading.NotRead), "the listing shows the version of last time")]
    [InlineData(nameof(PrimaryReading.Unreadable), "the store could not answer")]
    public void Next_SecondaryNotSeen_KeepsWhatWasKnown(string reading, string why)
    {
        var kind = Enum.Parse<PrimaryReading>(reading);
        var unseen = Look(1, "one", "one") with { Secondaries = [new(s_second, kind, null, null), new(s_follower, kind, null, null)] };

        Drifting(Seen.Assess(Look(0, "two", "one"), unseen)).ShouldBe("vault:llm", why);
        Drifting(Seen.Assess(Look(0, "one", "one"), unseen)).ShouldBe("", why);
    }

    [Fact]
    public void Next_SecondaryNeverSeen_IsNotSaidToDrift()
    {
        var unseen = Look(0, "one", "one") with { Secondaries = [new(s_second, PrimaryReading.Unreadable, null, null)] };

        Drifting(Seen.Assess(unseen, unseen with { At = Seen.Start.AddDays(1) })).ShouldBe("");
    }

    [Fact]
    public void Next_PrimaryMovedOn_TheOthersDrift() =>
        Drifting(Seen.Assess(Look(0, "one", "one"), Look(1, "one", "one", "two"))).ShouldBe("vault:llm");

    [Fact]
    public void Next_LocationLeftTheFile_IsForgotten()
    {
        var alone = Seen.Value(A.Key(), Seen.Start.AddMinutes(1));

        Seen.Assess(Look(0, "two", "one"), alone).Status.Locations.ShouldHaveSingleItem().Location.ShouldBe(s_key.Primary);
    }

    private static Observation Look(int minutes, string? second, string? follower, string primary = "one") =>
        Seen.Value(s_key, Seen.Start.AddMinutes(minutes), primary) with { Secondaries = [Reading(s_second, second), Reading(s_follower, follower)] };

    private static SecondaryReading Reading(SecretLocation location, string? value) => value is null
        ? new(location, PrimaryReading.Absent, null, null)
        : new(location, PrimaryReading.Present, Seen.FingerprintOf(value), value);

    private static string Drifting(Assessed assessed) =>
        string.Join(
            ' ', assessed.Claims.Where(claim => claim.Key.Reason is FindingReason.LocationDrift).Select(claim => claim.Key.Mark).Order());
}
