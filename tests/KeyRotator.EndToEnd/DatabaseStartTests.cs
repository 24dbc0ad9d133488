using KeyRotator.EndToEnd.Support;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>A service whose PostgreSQL does not let it in, or not yet.</summary>
public sealed class DatabaseStartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Run_DatabaseComesLater_IsAliveSaysWhyAndThenWorks()
    {
        await using var fleet = await Fleet.StartAsync(1);
        await fleet.Server.StopAsync();
        var service = await fleet.ServeAsync();

        await Eventually.TrueAsync(
            async () =>
                (await service.GetAsync("/readyz")).Contains("nothing listens there", StringComparison.Ordinal), "it says why", Token);
        var waiting = await service.GetAsync("/readyz");
        waiting.ShouldBe(
            $"503 not ready\nThe database postgres://keyrotator@127.0.0.1:{fleet.Server.Port}/postgres cannot be reached: nothing listens"
            + " there.\n");
        (await service.GetAsync("/livez")).ShouldBe("200 ok\n");
        (await service.GetAsync("/metrics")).ShouldStartWith("503");
        await fleet.Server.StartAgainAsync();
        await Eventually.TrueAsync(async () => await service.GetAsync("/readyz") == "200 ok\n", "it is ready", Token);
        await Eventually.TrueAsync(fleet.IsSweptAsync, "it has made a pass", Token);

        var ended = await service.StopAsync();
        ended.ExitCode.ShouldBe(0);
        ended.Out.Split('\n').Count(line => line.Contains("nothing listens there", StringComparison.Ordinal)).ShouldBe(1, ended.Out);
        fleet.Shows(ended.Out + ended.Error + waiting).ShouldBeFalse();
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_ToldToStopWhileItWaits_StopsWithZero()
    {
        await using var fleet = await Fleet.StartAsync(1);
        await fleet.Server.StopAsync();
        var service = await fleet.ServeAsync();

        (await service.StopAsync()).ExitCode.ShouldBe(0);
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_ToldToStopWhileTheDatabaseHangs_StopsWithZero()
    {
        await using var fleet = await Fleet.StartAsync(1);
        fleet.Server.StandStill();
        try
        {
            var service = await fleet.ServeAsync();
            await Eventually.TrueAsync(
                async () => (await service.GetAsync("/readyz")).Contains("does not answer", StringComparison.Ordinal), "it says why", Token);

            (await service.StopAsync()).ExitCode.ShouldBe(0);
        }
        finally
        {
            fleet.Server.GoOn();
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_WrongPassword_EndsAndSaysSo()
    {
        await using var fleet = await Fleet.StartAsync(1);
        fleet.Environment["KEYROTATOR_DATABASE"] = fleet.Url("wrong-canary-5f1c");

        var ended = await fleet.RunAsync("run", "--listen", $"127.0.0.1:{FreePort.Find()}");

        ended.ExitCode.ShouldBe(1);
        ended.Error.ShouldContain("refuses the password of keyrotator");
        (ended.Out + ended.Error).ShouldNotContain("wrong-canary-5f1c");
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_NewerSchema_EndsAndLeavesIt()
    {
        await using var fleet = await Fleet.StartAsync(1);
        (await fleet.RunAsync("check")).ExitCode.ShouldBe(0);
        await fleet.Server.RunAsync("INSERT INTO schema_version (version, applied_at) VALUES (99, 0)", Token);

        var ended = await fleet.RunAsync("run", "--listen", $"127.0.0.1:{FreePort.Find()}");

        ended.ExitCode.ShouldBe(1);
        ended.Error.ShouldContain("newer KeyRotator (schema 99");
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_TablesAreNotThoseOfThisQuartz_EndsAndSaysWhatToDo()
    {
        await using var fleet = await Fleet.StartAsync(1);
        (await fleet.RunAsync("check")).ExitCode.ShouldBe(0);
        await fleet.Server.RunAsync("ALTER TABLE kr_qrtz_triggers DROP COLUMN overlap_policy", Token);

        var ended = await fleet.RunAsync("run", "--listen", $"127.0.0.1:{FreePort.Find()}");

        ended.ExitCode.ShouldBe(1, "also where schedulers were begun");
        ended.Error.ShouldContain("empty the tables kr_qrtz_*");
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_DatabaseIsAway_DoesNotWait()
    {
        await using var fleet = await Fleet.StartAsync(1);
        await fleet.Server.StopAsync();

        var ended = await fleet.RunAsync("check");

        ended.ExitCode.ShouldBe(1);
        ended.Error.ShouldContain("nothing listens there");
        fleet.Shows(ended.Out + ended.Error).ShouldBeFalse();
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_OfAll_LeavesWord()
    {
        await using var fleet = await Fleet.StartAsync(2);

        (await fleet.RunAsync("check")).ExitCode.ShouldBe(0);
        (await fleet.RunAsync("check", "k00001")).ExitCode.ShouldBe(0);

        (await fleet.CountAsync("SELECT successes FROM job_status WHERE job = 'check'")).ShouldBe(1);
    }
}
