using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>What a receiver of state is told, and when.</summary>
public sealed class FiringStatesTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private readonly ScriptedHttp _http = new ScriptedHttp().Answer(200);
    private readonly ManualClock _clock = new(s_start);
    private int _taken;

    [Fact]
    public async Task Dispatch_FindingFires_IsToldEveryMinuteWithTheSameStart()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(StateWorld.Claim());

        for (var minute = 0; minute < 3; minute++)
        {
            await world.DispatchAsync();
            await world.DispatchAsync();
            Take().ShouldBe([new PushedAlert("KeyRotatorKeyExpiring warning mistral-prod", s_start, s_start.AddMinutes(minute + 4))]);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        _http.Requests[0].Url.AbsolutePath.ShouldBe("/base/api/v2/alerts");
        (await world.OutboxAsync()).ShouldHaveSingleItem().ShouldEndWith(" 1 Delivered");
    }

    [Fact]
    public async Task Dispatch_TwoProcesses_AskOnceAMinute()
    {
        using var folder = new TempFolder();
        await using var one = await StartAsync(folder["state.db"]);
        await using var other = await StartAsync(folder["state.db"]);

        await one.DispatchAsync();
        await other.DispatchAsync();

        _http.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Dispatch_Resolved_IsToldForAQuarterOfAnHour()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(StateWorld.Claim());
        await world.DispatchAsync();
        Take();
        _clock.Advance(TimeSpan.FromSeconds(90));
        await world.HoldsAsync();
        var over = new PushedAlert("KeyRotatorKeyExpiring warning mistral-prod", s_start, s_start.AddSeconds(90));
        _clock.Advance(TimeSpan.FromSeconds(30));

        for (var minute = 0; minute <= 15; minute++)
        {
            await world.DispatchAsync();
            Take().ShouldBe([over]);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        await world.DispatchAsync();
        Take().ShouldBeEmpty();
    }

    // A changed label is another alert there: the one before would fire on beside it.
    [Fact]
    public async Task Dispatch_SeverityGrew_EndsTheAlertOfTheFormerSeverity()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(StateWorld.Claim());
        await world.DispatchAsync();
        Take();
        _clock.Advance(TimeSpan.FromMinutes(1));
        await world.HoldsAsync(StateWorld.Claim(severity: Severity.Critical));

        await world.DispatchAsync();

        Take().ShouldBe(
        [
            new PushedAlert("KeyRotatorKeyExpiring critical mistral-prod", s_start, s_start.AddMinutes(5)),
            new PushedAlert("KeyRotatorKeyExpiring warning mistral-prod", s_start, s_start.AddMinutes(1)),
        ]);
    }

    [Fact]
    public async Task Dispatch_ComesBack_FiresAgain()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(StateWorld.Claim());
        await world.DispatchAsync();
        await world.HoldsAsync();
        await MinuteAsync(world);
        Take();
        await world.HoldsAsync(StateWorld.Claim());

        await MinuteAsync(world);

        Take().ShouldBe([new PushedAlert("KeyRotatorKeyExpiring warning mistral-prod", s_start.AddMinutes(1), s_start.AddMinutes(6))]);
    }

    [Fact]
    public async Task Dispatch_SeveralFindingsOfOneIdentity_AreOneAlertUntilTheLastIsOver()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(Drift("a"), Drift("b"));
        await world.DispatchAsync();
        Take().ShouldHaveSingleItem();
        _http.Requests[0].Text.ShouldContain("Something is wrong with mistral-proda. Something is wrong with mistral-prodb.");

        await world.HoldsAsync(Drift("b"));
        await MinuteAsync(world);
        Take().ShouldHaveSingleItem().EndsAt.ShouldBe(s_start.AddMinutes(5));

        await world.HoldsAsync();
        await MinuteAsync(world);
        Take().ShouldHaveSingleItem().EndsAt.ShouldBe(s_start.AddMinutes(1));
    }

    [Fact]
    public async Task Dispatch_HeldFinding_DoesNotFire()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(StateWorld.Claim());
        await world.HoldBackAsync(s_start.AddMinutes(30));

        await world.DispatchAsync();

        Take().ShouldBeEmpty();
    }

    // The outage guard decides first.
    [Fact]
    public async Task Dispatch_FreshRejection_WaitsForTheEndOfItsPass()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(StateWorld.Claim(reason: FindingReason.KeyRejected, severity: Severity.Critical));
        await world.DispatchAsync();
        Take().ShouldBeEmpty();

        _clock.Advance(TimeSpan.FromMinutes(2));
        await world.DispatchAsync();

        Take().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Dispatch_NotRoutedThere_IsNotTold()
    {
        await using var world = await StartAsync(edit: settings => settings with
        {
            Routes = [new AlertRoute { Severities = [Severity.Critical], Channels = ["am"] }],
        });
        await world.HoldsAsync(StateWorld.Claim(), StateWorld.Claim("slow", severity: Severity.Critical));

        await world.DispatchAsync();

        Take().Select(alert => alert.Name).ShouldBe(["KeyRotatorKeyExpiring critical slow"]);
    }

    [Fact]
    public async Task Pass_Ends_HoldsForTwoAndAHalfOfTheSlowestCadence()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(StateWorld.Claim(reason: FindingReason.KeyRejected, severity: Severity.Critical));

        await world.PassAsync();

        Take().ShouldBe([new PushedAlert("KeyRotatorKeyRejected critical mistral-prod", s_start, s_start.AddMinutes(150))]);
    }

    [Fact]
    public async Task Pass_TwoInAMinute_AreBothTold()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(StateWorld.Claim());
        await world.PassAsync();
        Take();
        await world.HoldsAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));

        await world.PassAsync();

        Take().ShouldHaveSingleItem().EndsAt.ShouldBe(s_start);
    }

    // The one before failed for longer than an end is told in the service.
    [Fact]
    public async Task Pass_EndNobodyHeard_IsToldByTheNext()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(StateWorld.Claim());
        await world.PassAsync();
        await world.HoldsAsync();
        _clock.Advance(TimeSpan.FromHours(1));
        Take();

        await world.PassAsync();

        Take().ShouldHaveSingleItem().EndsAt.ShouldBe(s_start);
    }

    [Fact]
    public async Task Dispatch_ReceiverIsAway_KeepsOneRowAndFailsTheChannel()
    {
        await using var world = await StateWorld.StartAsync(new ScriptedHttp().Answer(503).Invoker(), _clock);
        await world.HoldsAsync(StateWorld.Claim());

        for (var minute = 0; minute < 10; minute++)
        {
            await MinuteAsync(world);
        }

        (await world.OutboxAsync()).ShouldHaveSingleItem();
        ChannelHealth.Assess(await world.BacklogAsync(), _clock.GetUtcNow()).ShouldNotBeNull().Message.ShouldContain("it answered 503");
    }

    // What was claimed and not recorded was told or not: the state is told again, and nothing is owed.
    [Fact]
    public async Task Dispatch_KilledAfterTheClaim_TellsTheStateOfTheNextMinute()
    {
        using var folder = new TempFolder();
        await using (var killed = await StateWorld.StartAsync(
            new ScriptedHttp().Fault(new InvalidTimeZoneException("killed")).Invoker(), _clock, path: folder["state.db"]))
        {
            await killed.HoldsAsync(StateWorld.Claim());
            await Should.ThrowAsync<InvalidTimeZoneException>(killed.DispatchAsync);
        }

        await using var world = await StartAsync(folder["state.db"]);
        await world.HoldsAsync();
        await MinuteAsync(world);

        Take().ShouldHaveSingleItem().EndsAt.ShouldBe(s_start);
    }

    [Fact]
    public async Task Dispatch_Messages_AreNotForReceiversOfState()
    {
        await using var world = await StartAsync();
        await world.HoldsAsync(StateWorld.Claim());
        await world.HoldsAsync(StateWorld.Claim(severity: Severity.Critical));
        await world.HoldsAsync();

        (await world.OutboxAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Dispatch_ChannelBecameAnotherKind_TellsItNoState()
    {
        using var folder = new TempFolder();
        await using (var before = await StateWorld.StartAsync(
            new ScriptedHttp().Answer(503).Invoker(), _clock, path: folder["state.db"]))
        {
            await before.DispatchAsync();
        }

        _clock.Advance(TimeSpan.FromHours(1));
        await using var world = await StartAsync(folder["state.db"], settings => settings with
        {
            Channels = new Dictionary<string, ChannelSettings> { ["am"] = AnAlert.Channel("am") },
        });
        await world.DispatchAsync();

        _http.Requests.ShouldBeEmpty();
        (await world.BacklogAsync()).Waiting.ShouldBe(0);
    }

    private Task<StateWorld> StartAsync(string? path = null, Func<Settings, Settings>? edit = null) =>
        StateWorld.StartAsync(_http.Invoker(), _clock, path: path, edit: edit);

    private static FindingClaim Drift(string mark) => StateWorld.Claim(reason: FindingReason.LocationDrift, mark: mark);

    private async Task MinuteAsync(StateWorld world)
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        await world.DispatchAsync();
    }

    private List<PushedAlert> Take()
    {
        var requests = _http.Requests.Skip(_taken).ToList();
        _taken += requests.Count;
        return [.. requests.SelectMany(PushedAlert.Of)];
    }
}
