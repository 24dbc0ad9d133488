using KeyRotator.Demo;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Demo;

public sealed class DemoClockTests
{
    private static readonly TimeSpan s_quarter = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_slack = TimeSpan.FromMinutes(5);

    [Fact]
    public void SetForward_TimeOfDay_IsAhead()
    {
        var clock = new DemoClock();
        var before = clock.GetUtcNow();

        clock.SetForward(s_quarter);

        (clock.GetUtcNow() - before).ShouldBeInRange(s_quarter, s_quarter + s_slack);
    }

    [Fact]
    public void SetForward_Timestamp_AgreesWithTheTimeOfDay()
    {
        var clock = new DemoClock();
        var before = clock.GetTimestamp();

        clock.SetForward(s_quarter);

        clock.GetElapsedTime(before).ShouldBeInRange(s_quarter, s_quarter + s_slack);
    }
}
