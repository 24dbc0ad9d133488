using KeyRotator.Hosting;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

public sealed class StartDecisionTests
{
    [Theory]
    [InlineData(true, true, true, "a server that does not answer yet")]
    [InlineData(true, false, false, "a wrong password, a newer schema, somebody else's tables")]
    [InlineData(false, true, false, "a file is there, or is not")]
    [InlineData(false, false, false, "a bad file")]
    public void WaitAfter_EachFault_WaitsForWhatMayPass(bool isServer, bool mayPass, bool waits, string why) =>
        (StartDecision.WaitAfter(isServer, new StateException("no", null) { MayPass = mayPass }, 1) is not null).ShouldBe(waits, why);

    [Fact]
    public void WaitAfter_MoreAttempts_GrowsUpToABound()
    {
        var waits = Enumerable.Range(1, 60)
            .Select(attempts => StartDecision.WaitAfter(true, new StateException("no", null) { MayPass = true }, attempts)!.Value)
            .ToList();

        waits.ShouldBe(waits.Order());
        waits[0].ShouldBe(TimeSpan.FromSeconds(0.5));
        waits.Max().ShouldBe(StartDecision.LongestWait);
    }
}
