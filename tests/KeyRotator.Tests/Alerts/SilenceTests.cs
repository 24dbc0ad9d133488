using KeyRotator.Findings;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>What is silenced waits; what is still open at the end is told, once and as it is then.</summary>
public sealed class SilenceTests
{
    private const string Trigger = "Trigger KeyExpiring search";
    private const string Reminder = "Reminder KeyExpiring search";
    private const string Resolved = "Resolved KeyExpiring search";

    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Silence_OpenedMeanwhile_IsOpenAndToldAtTheEndOnce()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.SilenceAsync(2 * s_hour, "key=search");

        await world.ClaimAsync("search");
        await world.ClaimAsync("chat");

        (await world.TickAsync()).ShouldBe(["Trigger KeyExpiring chat"]);
        (await world.OpenAsync()).Count.ShouldBe(2);
        (await world.TickAsync(2 * s_hour - TimeSpan.FromSeconds(1))).ShouldBeEmpty();
        (await world.TickAsync(TimeSpan.FromSeconds(1))).ShouldBe([Trigger]);
        (await world.TickAsync(s_hour)).ShouldBeEmpty();
    }

    // A day of triggers, rungs and reminders is one message, and whoever hears it hears it for the first time.
    [Fact]
    public async Task Silence_MuchHappensMeanwhile_IsToldAsItIsThen()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.SilenceAsync(24 * s_hour, "provider=mistral");
        await world.ClaimAsync("search", Severity.Warning, 30);
        await world.ClaimAsync("search", Severity.Warning, 14);
        await world.ClaimAsync("search", Severity.Critical, 14);
        await world.ClaimAsync("search", Severity.Critical, 7);
        for (var hour = 1; hour < 24; hour++)
        {
            (await world.TickAsync(s_hour)).ShouldBeEmpty();
        }

        (await world.TickAsync(s_hour)).ShouldBe([Trigger + "@7"]);
        (await world.TickAsync(2 * s_hour)).ShouldBeEmpty();
        (await world.TickAsync(2 * s_hour)).ShouldBe([Reminder + "@7"]);
    }

    [Fact]
    public async Task Silence_OverBeforeItsEnd_IsNeverTold()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.SilenceAsync(2 * s_hour, "environment=PROD");
        await world.ClaimAsync("search");
        await world.TickAsync();

        await world.ResolveAsync("search");

        (await world.TickAsync()).ShouldBeEmpty();
        (await world.TickAsync(24 * s_hour)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Silence_ToldBefore_TheRemindersWaitAndTheEndIsTold()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search");
        (await world.TickAsync()).ShouldBe([Trigger]);
        await world.SilenceAsync(24 * s_hour, "owner=team-*");
        (await world.TickAsync(9 * s_hour)).ShouldBeEmpty();

        await world.ResolveAsync("search");

        (await world.TickAsync()).ShouldBe([Resolved]);
        (await world.TickAsync(24 * s_hour)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Silence_MessageWaitsUntried_WaitsForIt()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("search", Severity.Warning, 30);
        await world.ClaimAsync("search", Severity.Warning, 14);

        await world.SilenceAsync(s_hour, "key=search");

        (await world.TickAsync()).ShouldBeEmpty();
        (await world.TickAsync(s_hour)).ShouldBe([Trigger + "@14"]);
    }

    [Fact]
    public async Task Unsilence_OpenStill_IsToldUnlessAnotherSilenceKeepsIt()
    {
        await using var world = await QuietWorld.StartAsync();
        var first = await world.SilenceAsync(9 * s_hour, "key=search");
        await world.ClaimAsync("search");
        var second = await world.SilenceAsync(2 * s_hour, "severity=critical");

        await world.UnsilenceAsync(first);
        (await world.TickAsync(s_hour)).ShouldBeEmpty();

        await world.UnsilenceAsync(second);
        (await world.TickAsync()).ShouldBe([Trigger]);
        (await world.AuditedAsync()).ShouldBe([
            "ana silence.made Silence 1: key=search, until 2026-11-21 19:00:00 UTC: maintenance",
            "ana silence.made Silence 2: severity=critical, until 2026-11-21 12:00:00 UTC: maintenance",
            "ana silence.ended Silence 1: An operator said so.",
            "ana silence.ended Silence 2: An operator said so.",
        ]);
    }

    [Fact]
    public async Task Unsilence_AShorterOneCoversToo_WaitsForThatOneOnly()
    {
        await using var world = await QuietWorld.StartAsync();
        var longer = await world.SilenceAsync(20 * s_hour, "key=search");
        await world.SilenceAsync(s_hour, "key=search");
        await world.ClaimAsync("search");

        await world.UnsilenceAsync(longer);

        (await world.TickAsync(s_hour)).ShouldBe([Trigger]);
    }

    // It has grown out of the silence: what waited is told by what is new, and stands in nobody's way.
    [Fact]
    public async Task Silence_EscalationIsNotCovered_IsToldAtOnceAndAlone()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.SilenceAsync(24 * s_hour, "severity!=critical");
        await world.ClaimAsync("search", Severity.Warning, 30);
        (await world.TickAsync()).ShouldBeEmpty();

        await world.ClaimAsync("search", Severity.Critical, 30);

        (await world.TickAsync()).ShouldBe([Trigger + "@30"]);
        await world.ResolveAsync("search");
        (await world.TickAsync(24 * s_hour)).ShouldBe([Resolved + "@30"]);
    }

    [Fact]
    public async Task Silence_ClockSetBack_LastsNoLonger()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.SilenceAsync(24 * s_hour, "key=search");
        await world.ClaimAsync("search");

        world.Clock.JumpTo(world.Clock.GetUtcNow() - TimeSpan.FromDays(10));

        (await world.TickAsync()).ShouldBe([Trigger]);
        (await world.LiveAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Silence_MadeByAClockThatIsLittleAhead_Holds()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.SilenceAsync(24 * s_hour, "key=search");
        world.Clock.JumpTo(world.Clock.GetUtcNow() - TimeSpan.FromMinutes(1));

        await world.ClaimAsync("search");

        (await world.TickAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Silence_FirstWarningsOfNewKeys_AreNotInTheirDigest()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.SilenceAsync(s_hour, "key=search");
        await world.ClaimAsync("search", Severity.Warning, isFirstPass: true);
        await world.ClaimAsync("chat", Severity.Warning, isFirstPass: true);

        (await world.FinishAsync()).ShouldBe(["Trigger KeyExpiring chat"]);
        world.Clock.Advance(s_hour);
        (await world.FinishAsync()).ShouldBe([Trigger]);
    }

    // The end of a hold lets go of what waited for its pass, not of what a silence keeps.
    [Fact]
    public async Task Silence_HoldEndsMeanwhile_KeepsIt()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.SilenceAsync(2 * s_hour, "key=search");
        await world.ClaimAsync("search");

        await world.ExpediteAsync((await world.OpenAsync())[0].Id);

        (await world.TickAsync(s_hour)).ShouldBeEmpty();
        (await world.TickAsync(s_hour)).ShouldBe([Trigger]);
    }

    [Fact]
    public async Task Prune_Silences_GoWithTheOtherHistory()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.SilenceAsync(s_hour, "key=search");
        await world.UnsilenceAsync(await world.SilenceAsync(TimeSpan.FromDays(30), "key=search"));
        world.Clock.Advance(TimeSpan.FromDays(2));
        await world.SilenceAsync(s_hour, "key=search");

        world.Clock.Advance(StatePruning.HistoryKept - TimeSpan.FromDays(1));
        await StatePruning.StepAsync(world.State, world.Clock.GetUtcNow(), TestContext.Current.CancellationToken);

        (await world.SilencesAsync()).Select(silence => silence.Id).ShouldBe([3]);
    }

    [Theory]
    [InlineData("""["key=search","planet=mars"]""")]
    [InlineData("""["key=search",null]""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task Silence_UnreadableInTheDatabase_CoversNothing(string matchers)
    {
        await using var world = await QuietWorld.StartAsync();
        await world.SilenceAsync(24 * s_hour, "key=search");
        await world.ExecuteAsync($"UPDATE silence SET matchers = '{matchers}'");

        await world.ClaimAsync("search");

        (await world.TickAsync()).ShouldBe([Trigger]);
    }

    [Fact]
    public async Task Silence_RestartAndAnotherProcess_ChangeNothing()
    {
        using var folder = new TempFolder();
        var (clock, inbox) = (new ManualClock(), new AlertInbox());
        await using (var first = await QuietWorld.StartAsync(folder["state.db"], clock, inbox))
        {
            await first.SilenceAsync(2 * s_hour, "key=search");
            await first.ClaimAsync("search");
        }

        await using var second = await QuietWorld.StartAsync(folder["state.db"], clock, inbox);
        await using var third = await QuietWorld.StartAsync(folder["state.db"], clock, inbox);
        (await second.TickAsync(s_hour)).ShouldBeEmpty();
        clock.Advance(s_hour);
        await Task.WhenAll(second.QueueAsync(), third.QueueAsync());

        (await second.TickAsync()).Concat(await third.TickAsync()).ShouldBe([Trigger]);
    }
}
