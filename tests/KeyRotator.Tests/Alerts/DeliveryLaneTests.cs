using KeyRotator.Alerts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>One drain at a time, and one message after a pause.</summary>
public sealed class DeliveryLaneTests
{
    private readonly DeliveryLane _lane = new(new ManualClock());

    [Fact]
    public void Leave_NobodyCalled_LetsTheNextOneIn()
    {
        _lane.TryEnter().ShouldBeTrue();
        _lane.TryLeave().ShouldBeTrue();

        _lane.TryEnter().ShouldBeTrue();
    }

    [Fact]
    public void Leave_SomebodyCalled_LooksOnceMore()
    {
        _lane.TryEnter().ShouldBeTrue();
        _lane.TryEnter().ShouldBeFalse();
        _lane.TryEnter().ShouldBeFalse();

        _lane.TryLeave().ShouldBeFalse("somebody called");
        _lane.TryEnter().ShouldBeFalse("it is not left yet");
        _lane.TryLeave().ShouldBeFalse("and again");
        _lane.TryLeave().ShouldBeTrue();
    }

    [Fact]
    public async Task Drain_DeadReceiverAfterItsPause_GetsOneMessageAndNoBurst()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(500));
        await dispatching.EnqueueAsync([.. Enumerable.Range(1, 10).Select(finding => Dispatching.Message(finding))]);
        await dispatching.DrainAsync();
        dispatching.Http.Requests.Count.ShouldBe(3);

        for (var pause = 1; pause <= 3; pause++)
        {
            dispatching.Clock.Advance(TimeSpan.FromMinutes(1));
            await dispatching.DrainAsync();

            dispatching.Http.Requests.Count.ShouldBe(3 + pause);
        }
    }
}
