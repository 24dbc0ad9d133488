using KeyRotator.Findings;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>When a key is due after a check that could not ask.</summary>
public sealed class KeyScheduleTests
{
    private static readonly TimeSpan s_quarter = TimeSpan.FromMinutes(15);
    private static readonly AssessmentContext s_rarely = Seen.Context(
        "cohere") with
    { Profile = new ProviderProfile { Title = "T", Probe = "p", LeastCheckEvery = TimeSpan.FromHours(6) } };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Assess_NothingToAsk_LooksAgainByTheKeysOwnCadence(bool isAbsent)
    {
        var seen =
            new Observation { Key = A.Key(), At = Seen.Start, Primary = isAbsent ? PrimaryReading.Absent : PrimaryReading.Unreadable };

        Seen.Assess(s_rarely, seen).Status.NextCheckAt.ShouldBe(Seen.Start + s_quarter);
    }

    [Fact]
    public void Assess_Asked_LooksAtThePlaceBeforeTheVendorMayBeAsked() =>
        Seen.Assess(s_rarely, Seen.Accepted(A.Key(), Seen.Start)).Status.NextCheckAt.ShouldBe(Seen.Start + s_quarter);

    [Theory]
    [InlineData(120, 135, "the next look")]
    [InlineData(350, 360, "the vendor's time, where that is sooner")]
    public void Assess_Rests_IsDueForTheNextLookOrTheProbe(int minutes, int expected, string why)
    {
        var rests = Seen.Value(A.Key(), Seen.Start.AddMinutes(minutes)) with { RestsUntil = Seen.Start.AddHours(6) };

        var assessed = Seen.Assess(s_rarely, Seen.Accepted(A.Key(), Seen.Start), rests);

        assessed.Status.NextCheckAt.ShouldBe(Seen.Start.AddMinutes(expected), why);
        (assessed.Checked, assessed.Status.ProbedAt).ShouldBe((false, Seen.Start));
    }

    [Fact]
    public void Assess_StoreListsVersions_LooksAtWholeMultiplesOfTheCadence()
    {
        var context = s_rarely with { IsStoreListed = true };

        Seen.Assess(context, Seen.Accepted(A.Key(), Seen.Start.AddMinutes(7))).Status.NextCheckAt.ShouldBe(Seen.Start + s_quarter);
        Seen.Assess(context, Seen.Accepted(A.Key(), Seen.Start)).Status.NextCheckAt.ShouldBe(Seen.Start + s_quarter);
    }

    [Fact]
    public void Assess_AskedForAPauseLongerThanALook_WaitsThatLong()
    {
        var throttled = Seen.Accepted(A.Key(), Seen.Start);
        throttled = throttled with { Probe = throttled.Probe! with { RetryAt = Seen.Start.AddHours(1) } };

        Seen.Assess(s_rarely, throttled).Status.NextCheckAt.ShouldBe(Seen.Start.AddHours(1));
    }

    [Fact]
    public void Assess_Unchanged_LeavesAllThatWasKnown()
    {
        var listed = Seen.Value(A.Key(), Seen.Start.AddMinutes(20)) with
        {
            Primary = PrimaryReading.Unchanged,
            RestsUntil = Seen.Start.AddHours(6),
        };
        var before = Seen.Assess(s_rarely, Seen.Accepted(A.Key(), Seen.Start));

        var after = Seen.Assess(s_rarely, Seen.Accepted(A.Key(), Seen.Start), listed);

        after.Status.ShouldBe(before.Status with { NextCheckAt = Seen.Start.AddMinutes(35), Locations = after.Status.Locations });
        after.Status.Locations.ShouldBe(before.Status.Locations);
        (after.Opened, after.Claims.Count).ShouldBe((null, before.Claims.Count));
    }

    [Fact]
    public void Assess_UnchangedAgainstANewerObservation_KeepsTheNewer()
    {
        var listed = Seen.Value(A.Key(), Seen.Start.AddMinutes(20)) with
        {
            Primary = PrimaryReading.Unchanged,
            RestsUntil = Seen.Start.AddHours(6),
        };

        var assessed = Seen.Assess(s_rarely, Seen.Accepted(A.Key(), Seen.Start, "two"), listed);

        (assessed.Status.Fingerprint, assessed.Opened).ShouldBe((Seen.FingerprintOf("two"), null));
    }

    [Fact]
    public void Assess_BackBeforeTheVendorMayBeAsked_IsInNoDoubt()
    {
        var absent = new Observation { Key = A.Key(), At = Seen.Start.AddHours(1), Primary = PrimaryReading.Absent };
        var back = Seen.Value(A.Key(), Seen.Start.AddHours(2)) with { RestsUntil = Seen.Start.AddHours(6) };

        var assessed = Seen.Assess(s_rarely, Seen.Accepted(A.Key(), Seen.Start), absent, back);

        assessed.Status.NextCheckAt.ShouldBe(Seen.Start.AddHours(2) + s_quarter);
        assessed.Status.InconclusiveSince.ShouldBeNull();
        assessed.Claims.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public void Assess_PutOffForTooLong_IsUnverifiedToTheTick(long ticks, bool isClaimed)
    {
        var (first, late) = (Seen.Start + s_quarter, Seen.Start + s_quarter + A.Key().Policy.UnverifiedAfter + TimeSpan.FromTicks(ticks));

        var assessed = Seen.Assess(Seen.Accepted(A.Key(), Seen.Start), PutOff(first), PutOff(late));

        assessed.Claims.Any(claim => claim.Key.Reason is FindingReason.KeyUnverified).ShouldBe(isClaimed);
        (assessed.Checked, assessed.Status.CheckedAt, assessed.Status.ProbedAt).ShouldBe((false, Seen.Start, Seen.Start));
    }

    [Fact]
    public void Assess_PutOffThenAccepted_IsNoDoubtAnyMore() =>
        Seen.Assess(PutOff(Seen.Start), Seen.Accepted(A.Key(), Seen.Start + s_quarter)).Status.InconclusiveSince.ShouldBeNull();

    [Fact]
    public void Assess_OtherValuePutOff_WasNeverAskedAbout()
    {
        var other = Seen.Value(A.Key(), Seen.Start + s_quarter, "two") with { PutOffUntil = Seen.Start.AddHours(1) };

        var assessed = Seen.Assess(Seen.Accepted(A.Key(), Seen.Start), other);

        (assessed.Status.ProbedAt, assessed.Status.CheckedAt).ShouldBe((null, null));
        assessed.Opened.ShouldNotBeNull();
    }

    private static Observation PutOff(DateTimeOffset at) => Seen.Value(A.Key(), at) with { PutOffUntil = at.AddHours(1) };
}
