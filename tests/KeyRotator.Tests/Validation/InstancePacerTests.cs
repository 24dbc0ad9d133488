using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class InstancePacerTests
{
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    private readonly ManualClock _clock = new();

    [Theory(Timeout = 300_000)]
    [InlineData(600, 1, 600)]
    [InlineData(600, 3, 1800)]
    [InlineData(7, 3, 21)]
    [InlineData(1, 3, 3)]
    public async Task Enter_RequestsPerMinute_StartsExactlySoMany(int perMinute, int minutes, int expected)
    {
        var pacer = new InstancePacer(5000, perMinute, _clock);
        var entries = Enter(pacer, expected + 10);

        _clock.Advance(TimeSpan.FromMinutes(minutes) - (expected * s_tick)); // an interval is rounded to a tick

        await Task.WhenAll(entries[..expected]);
        _clock.PendingTimers.ShouldBe(10);
    }

    [Fact(Timeout = 300_000)]
    public async Task Enter_AfterAnIdleMinute_StartsNoBurst()
    {
        var pacer = new InstancePacer(100, 60, _clock);
        _clock.Advance(TimeSpan.FromMinutes(1));

        var entries = Enter(pacer, 3);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await Task.WhenAll(entries[..2]);
        _clock.PendingTimers.ShouldBe(1);
    }

    [Fact(Timeout = 300_000)]
    public async Task Enter_AllSlotsTaken_WaitsForOneToBeGivenBackInTurn()
    {
        var pacer = new InstancePacer(1, null, _clock);
        var first = await Enter(pacer, 1)[0];
        var waiting = Enter(pacer, 2);
        waiting.ShouldAllBe(entry => !entry.IsCompleted);

        first!.Value.Dispose();

        var second = await waiting[0];
        waiting[1].IsCompleted.ShouldBeFalse();
        second!.Value.Dispose();
        (await waiting[1]).ShouldNotBeNull();
    }

    [Fact(Timeout = 300_000)]
    public async Task Enter_PacedAndNobodyWaiting_NeedsNoTimer()
    {
        var pacer = new InstancePacer(8, 60, _clock);

        await pacer.EnterAsync(null, TestContext.Current.CancellationToken);

        _clock.PendingTimers.ShouldBe(0);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(null)]
    [InlineData(600)]
    public async Task PauseUntil_BeforeEntering_StartsNothingUntilThen(int? perMinute)
    {
        var pacer = new InstancePacer(8, perMinute, _clock);
        pacer.PauseUntil(_clock.GetUtcNow().AddSeconds(30));
        var entry = Enter(pacer, 1)[0];

        _clock.Advance(TimeSpan.FromSeconds(30) - s_tick);
        entry.IsCompleted.ShouldBeFalse();
        _clock.Advance(s_tick);

        (await entry).ShouldNotBeNull();
    }

    [Fact(Timeout = 300_000)]
    public async Task PauseUntil_WhileWaitingForATurn_PutsTheTurnsBehindThePause()
    {
        var pacer = new InstancePacer(8, 60, _clock);
        var entries = Enter(pacer, 3);
        pacer.PauseUntil(_clock.GetUtcNow().AddSeconds(30));

        _clock.Advance(TimeSpan.FromSeconds(30) - s_tick);
        entries[1..].ShouldAllBe(entry => !entry.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(5));

        await Task.WhenAll(entries);
    }

    [Fact(Timeout = 300_000)]
    public async Task PauseUntil_ShorterThanTheOneThatIsOn_ChangesNothing()
    {
        var pacer = new InstancePacer(8, null, _clock);
        pacer.PauseUntil(_clock.GetUtcNow().AddSeconds(30));

        pacer.PauseUntil(_clock.GetUtcNow().AddSeconds(5));

        var entry = Enter(pacer, 1)[0];
        _clock.Advance(TimeSpan.FromSeconds(29));
        entry.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await entry).ShouldNotBeNull();
    }

    [Fact(Timeout = 300_000)]
    public async Task Enter_PauseTooLongToWaitFor_GivesNoSlotAndKeepsNone()
    {
        var pacer = new InstancePacer(1, null, _clock);
        pacer.PauseUntil(_clock.GetUtcNow() + InstancePacer.LongestPause + s_tick);

        (await Enter(pacer, 1)[0]).ShouldBeNull();

        _clock.Advance(InstancePacer.LongestPause + s_tick);
        (await Enter(pacer, 1)[0]).ShouldNotBeNull();
    }

    [Fact(Timeout = 300_000)]
    public async Task Enter_LongPauseAnnouncedWhileWaiting_IsNotWaitedFor()
    {
        var pacer = new InstancePacer(8, 60, _clock);
        var entries = Enter(pacer, 2);
        pacer.PauseUntil(_clock.GetUtcNow().AddMinutes(10));

        _clock.Advance(TimeSpan.FromSeconds(1));

        (await entries[0]).ShouldNotBeNull();
        (await entries[1]).ShouldBeNull();
    }

    [Fact(Timeout = 300_000)]
    public async Task PauseUntil_TimeNotedBeforeTheClockWasSetBack_EndsWithinTheHour()
    {
        var pacer = new InstancePacer(8, null, _clock);
        pacer.PauseUntil(_clock.GetUtcNow().AddYears(1));

        _clock.Advance(TimeSpan.FromHours(1));

        (await Enter(pacer, 1)[0]).ShouldNotBeNull();
    }

    [Fact(Timeout = 300_000)]
    public async Task Enter_CancelledWhileWaitingForATurn_GivesTheSlotBack()
    {
        var pacer = new InstancePacer(1, 60, _clock);
        using var caller = new CancellationTokenSource();
        (await Enter(pacer, 1)[0])!.Value.Dispose();
        var waiting = pacer.EnterAsync(null, caller.Token).AsTask();

        await caller.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);

        var next = Enter(pacer, 1)[0];
        _clock.Advance(TimeSpan.FromSeconds(2));
        (await next).ShouldNotBeNull();
    }

    [Theory(Timeout = 300_000)]
    [InlineData(1, 8)]
    [InlineData(2, 4)]
    [InlineData(3, 2)]
    [InlineData(8, 1)]
    [InlineData(20, 1)]
    public async Task Enter_OneOfSeveralProcesses_HasItsPartOfTheSlots(int replicas, int slots)
    {
        var pacer = new InstancePacer(8, null, _clock, new PacingShare { Replicas = replicas });

        var entries = Enter(pacer, slots + 1);

        await Task.WhenAll(entries[..slots]);
        entries[slots].IsCompleted.ShouldBeFalse();
    }

    [Fact(Timeout = 300_000)]
    public async Task Enter_AnotherProcessComesAndGoes_HasLessAndThenMore()
    {
        var share = new PacingShare();
        var pacer = new InstancePacer(2, null, _clock, share);
        var entries = Enter(pacer, 4);
        share.Replicas = 2;

        (await entries[0])!.Value.Dispose();
        entries[2].IsCompleted.ShouldBeFalse("one is inside, which is all that is left");

        share.Replicas = 1;
        (await entries[1])!.Value.Dispose();
        await Task.WhenAll(entries[2], entries[3]);
    }

    [Fact(Timeout = 300_000)]
    public async Task Enter_OneOfThree_StartsAThirdOfWhatAMinuteAllows()
    {
        var pacer = new InstancePacer(5000, 60, _clock, new PacingShare { Replicas = 3 });
        var entries = Enter(pacer, 30);

        _clock.Advance(TimeSpan.FromMinutes(1) - s_tick);

        await Task.WhenAll(entries[..20]);
        _clock.PendingTimers.ShouldBe(10);
    }

    [Fact]
    public void Replicas_NobodyCounted_IsOneself() => new PacingShare { Replicas = 0 }.Replicas.ShouldBe(1);

    private static Task<PacerSlot?>[] Enter(InstancePacer pacer, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => pacer.EnterAsync(null, TestContext.Current.CancellationToken).AsTask())];
}
