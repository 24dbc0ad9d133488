using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class PaceDecisionTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(0, 0, 0, 0)] // free at once
    [InlineData(5, 12, 0, 12)] // behind the one before
    [InlineData(12, 12, 0, 12)] // at its very instant
    [InlineData(5, 12, 30, 30)] // behind the pause
    [InlineData(30, 12, 30, 30)] // at the pause's end
    [InlineData(99, 12, 30, 99)] // never in the past
    public void For_Times_StartsAtTheLatestOfThem(int now, int nextAt, int pausedUntil, int expected)
    {
        var decision = PaceDecision.For(Seconds(now), Seconds(nextAt), Seconds(pausedUntil), s_interval);

        decision.StartAt.ShouldBe(Seconds(expected));
        decision.NextAt.ShouldBe(Seconds(expected) + s_interval);
    }

    [Fact]
    public void For_AnyArrivals_StartsAreAnIntervalApart() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), waits => Gaps(StartsOf(waits)).All(gap => gap >= s_interval))
            .QuickCheckThrowOnFailure();

    private static IEnumerable<TimeSpan> Gaps(IReadOnlyList<TimeSpan> starts) => starts.Zip(starts.Skip(1), (one, next) => next - one);

    private static List<TimeSpan> StartsOf(byte[] waits)
    {
        var starts = new List<TimeSpan>();
        var (now, nextAt) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var wait in waits)
        {
            now += Seconds(wait % 20);
            var decision = PaceDecision.For(now, nextAt, TimeSpan.Zero, s_interval);
            nextAt = decision.NextAt;
            starts.Add(decision.StartAt);
        }

        return starts;
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
