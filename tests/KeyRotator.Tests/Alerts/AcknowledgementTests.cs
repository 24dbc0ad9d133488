using KeyRotator.Findings;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>While somebody looks after a finding nobody is reminded of it, and never for longer.</summary>
public sealed class AcknowledgementTests
{
    private const string Trigger = "Trigger KeyExpiring search";
    private const string Reminder = "Reminder KeyExpiring search";
    private const string Resolved = "Resolved KeyExpiring search";

    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Ack_Open_RemindsNobodyThenOnceThenAsUsual()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search");
        (await world.TickAsync()).ShouldBe([Trigger]);
        (await world.TickAsync(4 * s_hour)).ShouldBe([Reminder]);

        await world.AckAsync("search", s_day);

        for (var hour = 1; hour < 24; hour++)
        {
            (await world.TickAsync(s_hour)).ShouldBeEmpty();
        }

        (await world.TickAsync(s_hour)).ShouldBe([Reminder]);
        world.Inbox.Http.Requests[^1].Text.ShouldContain(
            "It ends soon. It was acknowledged by ana until 2026-11-22 14:00 UTC, and is still open.");
        (await world.TickAsync(3 * s_hour)).ShouldBeEmpty();
        (await world.TickAsync(s_hour)).ShouldBe([Reminder]);
        world.Inbox.Http.Requests[^1].Text.ShouldNotContain("acknowledged");
    }

    [Theory]
    [InlineData(Severity.Critical, 30, Trigger + "@30")]
    [InlineData(Severity.Warning, 14, Trigger + "@14")]
    public async Task Ack_ItGetsWorse_IsOverAndTold(Severity severity, int rung, string told)
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search", Severity.Warning, 30);
        await world.TickAsync();
        await world.AckAsync("search", 7 * s_day);

        await world.ClaimAsync("search", severity, rung);

        (await world.TickAsync()).ShouldBe([told]);
        (await world.OpenAsync())[0].Ack.ShouldBeNull();
        (await world.TickAsync(s_day)).ShouldBe([$"{Reminder}@{rung}"]);
    }

    // A pass that says the same, or less, takes nobody's word back.
    [Fact]
    public async Task Ack_SaidAgainOrLess_Holds()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search");
        await world.TickAsync();
        await world.AckAsync("search", s_day);

        await world.ClaimAsync("search");
        await world.ClaimAsync("search", Severity.Warning);

        (await world.TickAsync(20 * s_hour)).ShouldBeEmpty();
        (await world.OpenAsync())[0].Ack.ShouldNotBeNull();
    }

    [Fact]
    public async Task Ack_ItEndsAndComesBack_IsNotAcknowledged()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search");
        await world.TickAsync();
        await world.AckAsync("search", s_day);

        await world.ResolveAsync("search");
        (await world.TickAsync()).ShouldBe([Resolved]);
        await world.ClaimAsync("search");

        (await world.TickAsync()).ShouldBe([Trigger]);
        (await world.TickAsync(4 * s_hour)).ShouldBe([Reminder]);
    }

    [Fact]
    public async Task Unack_RemindersGoOn()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search");
        await world.TickAsync();
        await world.AckAsync("search", s_day);
        (await world.TickAsync(5 * s_hour)).ShouldBeEmpty();

        await world.UnackAsync("search");

        (await world.TickAsync()).ShouldBe([Reminder]);
        (await world.TickAsync(20 * s_hour)).ShouldBe([Reminder]);
    }

    [Fact]
    public async Task Ack_ReminderWaits_IsNotSentAndTheTriggerIs()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search");
        world.Clock.Advance(4 * s_hour);
        await world.QueueAsync();

        await world.AckAsync("search", s_day);

        (await world.TickAsync()).ShouldBe([Trigger]);
    }

    [Fact]
    public async Task Ack_ClockSetBack_LastsNoLonger()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search");
        await world.TickAsync();
        await world.AckAsync("search", s_day);

        world.Clock.JumpTo(world.Clock.GetUtcNow() - TimeSpan.FromDays(10));

        (await world.TickAsync()).ShouldBe([Reminder]);
        (await world.OpenAsync())[0].Ack.ShouldBeNull();
    }

    // Nobody is reminded of what an outage explains, and the word is not lost over it.
    [Fact]
    public async Task Ack_HeldBackWhenItsTimeEnds_RemindsAfterTheHold()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search");
        await world.TickAsync();
        await world.AckAsync("search", s_hour);
        await world.ExecuteAsync($"UPDATE finding SET held_until = {world.Clock.GetUtcNow().AddHours(2).UtcTicks}");

        (await world.TickAsync(s_hour)).ShouldBeEmpty();

        await world.ExecuteAsync("UPDATE finding SET held_until = NULL");
        (await world.TickAsync()).ShouldBe([Reminder]);
    }

    [Fact]
    public async Task Ack_Twice_TheLastWordHoldsAndBothAreOnRecord()
    {
        using var folder = new TempFolder();
        await using var world = await QuietWorld.StartAsync(folder["state.db"]);
        await using var other = await QuietWorld.StartAsync(folder["state.db"], world.Clock);
        await world.ClaimAsync("search");
        await world.TickAsync();

        await Task.WhenAll(world.AckAsync("search", s_day), other.AckAsync("search", s_day));
        await other.AckAsync("search", s_hour);

        (await world.TickAsync(s_hour)).ShouldBe([Reminder]);
        (await other.TickAsync()).ShouldBeEmpty("the other told it");
        (await world.AuditedAsync())
            .Count(row => row.StartsWith("ana finding.acknowledged Key search: KeyExpiring, until", StringComparison.Ordinal))
            .ShouldBe(3);
    }
}
