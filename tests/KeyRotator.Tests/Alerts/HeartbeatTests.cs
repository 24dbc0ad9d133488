using KeyRotator.Alerts;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>The sign of life: when it is sent, how it went, and that its address is nowhere.</summary>
public sealed class HeartbeatTests : IAsyncLifetime
{
    private readonly Canary _canary = new();
    private readonly ManualClock _clock = new();
    private readonly CapturedLog<Heartbeat> _log = new();
    private StateDatabase _state = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HeartbeatSettings Settings => new() { Url = new SecretValue($"https://watch.example/{_canary.Text}?token=1") };

    public async ValueTask InitializeAsync() => _state = await StateDatabase.OpenAsync(null, _clock, Token);

    public ValueTask DisposeAsync() => _state.DisposeAsync();

    [Fact]
    public async Task Beat_Taken_IsOneGetAndStands()
    {
        var http = new ScriptedHttp().Answer(200);

        await Over(http).BeatAsync(Settings, Token);

        http.Requests.Single().ShouldSatisfyAllConditions(
            request => request.Method.ShouldBe(HttpMethod.Get),
            request => request.Url.PathAndQuery.ShouldBe($"/{_canary.Text}?token=1"),
            request => request.Body.ShouldBeEmpty());
        (await FindAsync()).ShouldBe(new HeartbeatRow(_clock.GetUtcNow(), _clock.GetUtcNow(), null, null));
        _log.Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task Beat_FailsAndWorksAgain_IsLoggedOnceEachWithoutItsAddress()
    {
        var start = _clock.GetUtcNow();
        var beat = Over(new ScriptedHttp().Answer(200).Answer(503, _canary.Text).Fault(new HttpRequestException(_canary.Text)).Answer(204));
        await beat.BeatAsync(Settings, Token);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await beat.BeatAsync(Settings, Token);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await beat.BeatAsync(Settings, Token);

        (await FindAsync()).ShouldBe(new HeartbeatRow(start.AddMinutes(2), start, start.AddMinutes(1), "network"));
        await beat.BeatAsync(Settings, Token);

        (await FindAsync())!.FailingSince.ShouldBeNull();
        _log.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        _log.Text.ShouldContain("6006 Warning The watchdog did not take the heartbeat: it answered 503");
        _log.Text.ShouldContain("6007 Information");
        _canary.ShouldBeAbsentFrom(_log.Text);
    }

    [Theory]
    [InlineData(302, "redirect")]
    [InlineData(404, "http-404")]
    [InlineData(500, "http-500")]
    public async Task Beat_NotTaken_SaysHow(int status, string error) =>
        (await Over(new ScriptedHttp().Answer(status)).BeatAsync(Settings, Token)).Error.ShouldBe(error);

    [Fact]
    public async Task Beat_WatchdogHangs_EndsAtTheTimeout()
    {
        var beating = Over(new ScriptedHttp().Hang()).BeatAsync(Settings, Token);
        beating.IsCompleted.ShouldBeFalse();
        _clock.Advance(AlertSender.Timeout);

        (await beating).Error.ShouldBe("timeout");
    }

    [Fact]
    public async Task Beat_AddressThatCannotBeUsed_IsAFailureNotAnException() =>
        (await Over(new ScriptedHttp().Answer(200)).BeatAsync(Settings with { Url = new("no address") }, Token)).Error.ShouldBe("settings");

    [Theory]
    [InlineData(294, false)]
    [InlineData(295, true)]
    [InlineData(900, true)]
    public async Task BeatIfDue_AfterAWhile_OnlyWhenItIsTime(int seconds, bool isSent)
    {
        var beat = Over(new ScriptedHttp().Answer(200));
        (await beat.BeatIfDueAsync(Settings, Token)).ShouldNotBeNull();

        _clock.Advance(TimeSpan.FromSeconds(seconds));

        (await beat.BeatIfDueAsync(Settings, Token) is not null).ShouldBe(isSent);
    }

    [Fact]
    public async Task BeatIfDue_ClockWasSetBack_IsNotSilent()
    {
        var beat = Over(new ScriptedHttp().Answer(200));
        await beat.BeatAsync(Settings, Token);

        _clock.JumpTo(_clock.GetUtcNow().AddDays(-1));

        (await beat.BeatIfDueAsync(Settings, Token)).ShouldNotBeNull();
    }

    private Heartbeat Over(ScriptedHttp http) => new(_state, http.Invoker(), _clock, _log);

    private async Task<HeartbeatRow?> FindAsync()
    {
        await using var transaction = await _state.BeginReadAsync(Token);
        return await HeartbeatTable.FindAsync(transaction, Token);
    }
}
