using FsCheck;
using FsCheck.Fluent;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class OutageGuardTests
{
    [Theory]
    [InlineData(1, 1, false, "one key stands alone")]
    [InlineData(2, 2, false, "two as well")]
    [InlineData(3, 3, true, "three of three")]
    [InlineData(5, 3, true, "60 % to the key")]
    [InlineData(6, 3, false, "just below")]
    [InlineData(10_000, 5_999, false, "just below among many")]
    [InlineData(10_000, 6_000, true, "60 % among many")]
    [InlineData(10_000, 10_000, true, "all of many")]
    [InlineData(10_000, 3, false, "a few dead among many")]
    [InlineData(0, 0, false, "nothing was probed")]
    public void Decide_Rejections_AreHeldFromThreeAndSixtyPercentOn(int probed, int rejected, bool isHeld, string why) =>
        OutageGuard.Decide(null, Window(probed, rejected), Seen.Start).ShouldBe(new(isHeld ? Seen.Start : null, isHeld), why);

    [Theory]
    [InlineData(0, true, "just begun")]
    [InlineData(-1, true, "a tick before its end")]
    [InlineData(1, false, "half-open: at thirty minutes it has ended")]
    public void Decide_Hold_EndsAfterThirtyMinutesToTheTick(int side, bool isHolding, string why)
    {
        var since = Seen.Start;
        var now = side == 0 ? since : since + OutageGuard.LongestHold - TimeSpan.FromTicks(side < 0 ? 1 : 0);

        OutageGuard.Decide(since, Window(3, 3), now).ShouldBe(new(since, isHolding), why);
    }

    [Fact]
    public void Decide_BurstIsOver_ForgetsTheHold() =>
        OutageGuard.Decide(Seen.Start, Window(10, 2), Seen.Start.AddMinutes(1)).ShouldBe(new(null, false));

    [Fact]
    public void Decide_ClockSetBack_StretchesTheHoldByNothing()
    {
        var now = Seen.Start.AddHours(-5);

        var decision = OutageGuard.Decide(Seen.Start, Window(3, 3), now);

        decision.ShouldBe(new(now, true));
        OutageGuard.Decide(decision.HoldSince, Window(3, 3), now + OutageGuard.LongestHold).IsHolding.ShouldBeFalse();
    }

    [Fact]
    public void Decide_AnyShare_IsExactlyThreeFifths() =>
        Prop.ForAll(Gen.Choose(0, 10_000).ToArbitrary(), Gen.Choose(0, 10_000).ToArbitrary(), (one, other) =>
        {
            var (rejected, probed) = (Math.Min(one, other), Math.Max(one, other));
            return OutageGuard.Decide(null, Window(probed, rejected), Seen.Start).IsHolding == (
                rejected >= 3 && rejected * 5L >= probed * 3L);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(null, 0, "nobody is rejected: the pass alone")]
    [InlineData(-5, -5, "a burst that began before the pass")]
    [InlineData(3, 0, "a burst within the pass")]
    [InlineData(-40, -29, "no further back than thirty minutes before now")]
    public void WindowStart_FirstRejection_ReachesBackToIt(int? first, int expected, string why)
    {
        var start = OutageGuard.WindowStart(
            Seen.Start, first is { } minutes ? Seen.Start.AddMinutes(minutes) : null, Seen.Start.AddMinutes(1));

        start.ShouldBe(Seen.Start.AddMinutes(expected), why);
    }

    [Theory]
    [InlineData("U0 U60", true, "two passes, a minute apart")]
    [InlineData("U0 U59", false, "a hiccup")]
    [InlineData("U0", false, "one pass")]
    [InlineData("U0 S30 U60", false, "somebody answered in between")]
    [InlineData("U0 N30 U60", true, "a pass without a probe says nothing")]
    [InlineData("U0 U30 U60", true, "passes of a service, seconds apart")]
    [InlineData("U0 U60 S90", false, "over")]
    public void CountUnreachable_Passes_AreAnOutageWhere(string passes, bool isOutage, string why)
    {
        var status = new InstanceStatus { Provider = "mistral" };
        var now = Seen.Start;
        foreach (var pass in passes.Split(' '))
        {
            now = Seen.Start.AddSeconds(int.Parse(pass[1..], System.Globalization.CultureInfo.InvariantCulture));
            status = OutageGuard.CountUnreachable(status, Pass(pass[0]), 2, now);
        }

        OutageGuard.IsUnreachable(status, now).ShouldBe(isOutage, why);
    }

    [Theory]
    [InlineData(1, 1, true, "the only key")]
    [InlineData(5, 1, false, "one of five alone is no outage")]
    [InlineData(5, 2, true, "two of five, and nobody else was reached")]
    public void CountUnreachable_FewKeysAsked_NeedsTwoOfSeveral(int values, int probed, bool isOutage, string why)
    {
        var window = new GuardWindow(probed, 0, 0, probed, null);
        var first = OutageGuard.CountUnreachable(new InstanceStatus { Provider = "mistral" }, window, values, Seen.Start);

        var second = OutageGuard.CountUnreachable(first, window, values, Seen.Start.AddMinutes(1));

        OutageGuard.IsUnreachable(second, Seen.Start.AddMinutes(1)).ShouldBe(isOutage, why);
    }

    [Fact]
    public void CountUnreachable_AKnownBadKeyAnswered_IsNoOutage()
    {
        var window = new GuardWindow(1, 0, 0, 1, null) { Known = 1 };

        OutageGuard.CountUnreachable(
            new InstanceStatus { Provider = "mistral", UnreachablePasses = 1 }, window, 2, Seen.Start).UnreachablePasses.ShouldBe(0);
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(30, false)]
    public void Continue_MidPass_LeavesABurstToItsPass(int minutes, bool isHolding)
    {
        var decision = OutageGuard.Continue(Seen.Start, GuardDecision.None, Seen.Start.AddMinutes(minutes));

        decision.ShouldBe(new GuardDecision(Seen.Start, isHolding));
    }

    // U: nobody was reached. S: some were. N: nobody was probed.
    private static GuardWindow Pass(char pass) => pass switch
    {
        'U' => new(4, 0, 0, 4, null),
        'S' => new(4, 1, 0, 3, null),
        _ => new(0, 0, 0, 0, null),
    };

    private static GuardWindow Window(int probed, int rejected) => new(probed, probed - rejected, rejected, 0, Seen.Start);
}
