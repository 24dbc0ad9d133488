using KeyRotator.Cli.Output;
using KeyRotator.Findings;
using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

public sealed class ReportTallyTests
{
    [Fact]
    public void Add_Keys_CountsVerdictsAndSeverities()
    {
        var tally = new ReportTally(Sample.Now);
        tally.Add(Sample.Accepted());
        tally.Add(Sample.Rejected());
        tally.Add(Sample.Finding(FindingReason.StoreUnavailable, Severity.Warning, FindingSubject.Store("s"), "m"));

        (tally.Keys, tally[Verdict.Accepted], tally[Verdict.Rejected], tally[Verdict.Inconclusive]).ShouldBe((2, 1, 1, 0));
        (tally[Severity.Critical], tally[Severity.Warning], tally[Severity.Info]).ShouldBe((1, 1, 0));
        tally.Worst.ShouldBe(Severity.Critical);
    }

    [Theory]
    [InlineData(1, false, "held for one tick more")]
    [InlineData(0, true, "the hold ends at its time")]
    public void Add_Held_CountsFromTheEndOfItsHold(int ticksLeft, bool counts, string reason)
    {
        var tally = new ReportTally(Sample.Now);
        tally.Add(Sample.Rejected().Findings[0] with { HeldUntil = Sample.Now.AddTicks(ticksLeft) });

        (tally.Worst is not null).ShouldBe(counts, reason);
    }
}
