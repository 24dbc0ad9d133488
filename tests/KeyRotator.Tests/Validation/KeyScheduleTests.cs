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
    public void Assess_Asked_LeavesTheVendorAlone() =>
        Seen.Assess(s_rarely, Seen.Accepted(A.Key(), Seen.Start)).Status.NextCheckAt.ShouldBe(Seen.Start.AddHours(6));

    [Fact]
    public void Assess_BackBeforeTheVendorMayBeAsked_IsDueWhenItMay()
    {
        var absent = new Observation { Key = A.Key(), At = Seen.Start.AddHours(1), Primary = PrimaryReading.Absent };
        var back = Seen.Value(A.Key(), Seen.Start.AddHours(2)) with { RestsUntil = Seen.Start.AddHours(6) };

        var assessed = Seen.Assess(s_rarely, Seen.Accepted(A.Key(), Seen.Start), absent, back);

        assessed.Status.NextCheckAt.ShouldBe(Seen.Start.AddHours(6));
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
