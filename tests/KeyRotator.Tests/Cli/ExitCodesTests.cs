using KeyRotator.Cli;
using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class ExitCodesTests
{
    [Theory]
    [InlineData(0, null, "nothing is wrong")]
    [InlineData(0, Severity.Info, "an info is never a failure")]
    [InlineData(0, Severity.Warning, "the default is critical")]
    [InlineData(3, Severity.Critical, "at the threshold")]
    public void For_DefaultThreshold_FailsOnCriticalOnly(int expected, Severity? worst, string reason) =>
        ((int)ExitCodes.For(new ExitFacts { Worst = worst }, FailOn.Critical)).ShouldBe(expected, reason);

    [Theory]
    [InlineData(0, Severity.Info, "an info is never a failure")]
    [InlineData(3, Severity.Warning, "at the threshold")]
    [InlineData(3, Severity.Critical, "above the threshold")]
    public void For_WarningThreshold_FailsOnWarningAndCritical(int expected, Severity? worst, string reason) =>
        ((int)ExitCodes.For(new ExitFacts { Worst = worst }, FailOn.Warning)).ShouldBe(expected, reason);

    [Theory]
    [InlineData(2, true, true, true, "a wrong command line outranks all")]
    [InlineData(1, false, true, true, "what was not recorded cannot be judged")]
    [InlineData(4, false, false, true, "an operator before findings")]
    [InlineData(3, false, false, false, "findings last")]
    public void For_SeveralFacts_TakesTheFirstInOrder(int expected, bool usage, bool failed, bool needsOperator, string reason)
    {
        var facts = new ExitFacts { IsUsageFault = usage, HasFailed = failed, NeedsOperator = needsOperator, Worst = Severity.Critical };

        ((int)ExitCodes.For(facts, FailOn.Critical)).ShouldBe(expected, reason);
    }

    [Theory]
    [InlineData(2, true, true, "usage stays")]
    [InlineData(1, false, true, "failure stays")]
    [InlineData(0, false, false, "findings and the wait for an operator do not count")]
    public void For_FailOnNone_SilencesThreeAndFourOnly(int expected, bool usage, bool failed, string reason)
    {
        var facts = new ExitFacts { IsUsageFault = usage, HasFailed = failed, NeedsOperator = true, Worst = Severity.Critical };

        ((int)ExitCodes.For(facts, FailOn.None)).ShouldBe(expected, reason);
    }
}
