using KeyRotator.Alerts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>The operator's trial message.</summary>
public sealed class AlertTestTests
{
    [Fact]
    public async Task Test_Delivered_SaysSo()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(202));

        var attempt = await TestAsync(dispatching);

        attempt.ShouldBe(new DeliveryAttempt(DeliveryOutcome.Delivered, 202, null, TimeSpan.Zero));
        attempt.Sentence.ShouldBe("The receiver took it with 202.");
        dispatching.Http.Requests.Single().Text.ShouldContain("\"kind\":\"Trigger\",\"severity\":\"Warning\",\"trial\":true,");
    }

    [Fact]
    public async Task Test_MessagesWait_GoesPastThem()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(200));
        await dispatching.EnqueueAsync(Dispatching.Message(1), Dispatching.Message(2));

        await TestAsync(dispatching);

        dispatching.Http.Requests.Count.ShouldBe(1);
        (await dispatching.BacklogAsync()).Waiting.ShouldBe(2);
    }

    [Fact]
    public async Task Test_Refused_IsNotTriedAgainAndShowsInTheChannelsHealth()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(404));

        (await TestAsync(dispatching)).Sentence.ShouldBe("The receiver did not take it: it answered 404.");

        dispatching.Clock.Advance(TimeSpan.FromDays(1));
        (await dispatching.DrainAsync()).ShouldBe(DrainResult.Nothing);
        ChannelHealth.Assess(await dispatching.BacklogAsync(), dispatching.Clock.GetUtcNow())
            .ShouldNotBeNull().Message.ShouldContain("it answered 404");
    }

    [Fact]
    public async Task Test_AgainAndAgain_SendsEachTime()
    {
        await using var dispatching = await Dispatching.StartAsync(new ScriptedHttp().Answer(200));

        await TestAsync(dispatching);
        await TestAsync(dispatching);

        dispatching.Http.Requests.Count.ShouldBe(2);
    }

    private static Task<DeliveryAttempt> TestAsync(Dispatching dispatching) =>
        dispatching.Dispatcher.TestAsync(dispatching.Channels["ops"], TestContext.Current.CancellationToken);
}
