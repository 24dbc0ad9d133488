using System.Globalization;
using KeyRotator.EndToEnd.Support;
using KeyRotator.Hosting;
using KeyRotator.Validation;
using Npgsql;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>Processes that share their work by one PostgreSQL server. By themselves: what takes each other for dead on a busy machine does
/// its work twice, and that is counted here.</summary>
[Collection(Alone.Name)]
public sealed class ReplicaTests
{
    // What waits to be recorded, and what its senders have in their hands.
    private const int Batch = CheckEnvironment.MostUnrecorded + (Schedule.ShardsAtOnce * InstancePacer.DefaultConcurrency);

    // No run is known to be under way, and every shard is due now: what a scheduler would do that knows nothing of the others.
    private const string Forget =
        """
        SET lock_timeout = '300ms'; -- less than it takes to find a deadlock: the schedulers lock rows in an order of their own
        SELECT 1 FROM kr_qrtz_locks WHERE lock_name = 'TRIGGER_ACCESS' FOR UPDATE;
        DELETE FROM kr_qrtz_fired_triggers WHERE job_name LIKE 'validate-%';
        UPDATE kr_qrtz_triggers SET trigger_state = 'WAITING', next_fire_time = prev_fire_time
        WHERE job_name LIKE 'validate-%' AND prev_fire_time > 0
        """;

    private static readonly TimeSpan s_sweep = TimeSpan.FromMinutes(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 600_000)]
    public async Task Run_ThreeOfThemAndOneIsKilledInMidSweep_AskOnceAndTellOnce()
    {
        const int Keys = 20_000;
        const int Bad = 12;
        await using var fleet = await Fleet.StartAsync(Keys, Bad);
        Service[] services = [await fleet.ServeAsync(), await fleet.ServeAsync(), await fleet.ServeAsync()];
        await Eventually.TrueAsync(() => fleet.Provider.Total > Keys / 5, "a part of the keys was asked about", Token, s_sweep);
        var victim = await VictimAsync(fleet, services);

        var killedAt = TimeProvider.System.GetTimestamp();
        victim.Service.Process.Kill();
        await Eventually.TrueAsync(() => IsTakenOverAsync(fleet, victim.Instance), "its shards are taken over", Token);
        var takenOver = TimeProvider.System.GetElapsedTime(killedAt);

        await Eventually.TrueAsync(fleet.IsSweptAsync, "every key was checked", Token, s_sweep);
        var sweptAfter = TimeProvider.System.GetElapsedTime(killedAt);
        await TellAsync(fleet, Bad);
        foreach (var service in services.Except([victim.Service]))
        {
            var ended = await service.StopAsync();
            ended.ExitCode.ShouldBe(0);
            fleet.Shows(ended.Out + ended.Error).ShouldBeFalse();
        }

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(
            $"{victim.Shards} shards of {victim.Instance} taken over after {takenOver} (at most {ClusterStore.TakeOver} promised), swept after {sweptAfter}, {fleet.Extra()} extra"));
        fleet.Keys.Values.Count(value => fleet.Provider.Probes(value) == 0).ShouldBe(0);
        fleet.Extra().ShouldBeLessThanOrEqualTo((Keys / 100) + Batch);
        await ShouldBeWhole(fleet, Keys, Bad);
    }

    [Fact(Timeout = 600_000)]
    public async Task Run_DatabaseIsKilledInMidSweepAndComesBack_GoesOn()
    {
        const int Keys = 3_000;
        const int Bad = 3;
        await using var fleet = await Fleet.StartAsync(Keys, Bad);
        var service = await fleet.ServeAsync();
        await Eventually.TrueAsync(() => fleet.Provider.Total > Keys / 5, "a part of the keys was asked about", Token, s_sweep);

        await fleet.Server.StopAsync();
        await Eventually.TrueAsync(
            async () => (await service.GetAsync("/readyz")).StartsWith("503", StringComparison.Ordinal), "it says so", Token);
        (await service.GetAsync("/livez")).ShouldBe("200 ok\n");
        await fleet.Server.StartAgainAsync();

        await Eventually.TrueAsync(fleet.IsSweptAsync, "every key was checked", Token, s_sweep);
        await Eventually.TrueAsync(async () => await service.GetAsync("/readyz") == "200 ok\n", "it is ready again", Token);
        await TellAsync(fleet, Bad);
        var ended = await service.StopAsync();
        ended.ExitCode.ShouldBe(0);
        fleet.Shows(ended.Out + ended.Error).ShouldBeFalse();
        fleet.Extra().ShouldBeLessThanOrEqualTo(Schedule.ShardsAtOnce * Batch, "each shard under way lost what it had in hand");
        await ShouldBeWhole(fleet, Keys, Bad);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(true, "nothing listens there")]
    [InlineData(false, "nothing answers")]
    public async Task Run_ToldToStopWhileTheDatabaseIsAway_StopsWithZero(bool isStopped, string why)
    {
        await using var fleet = await Fleet.StartAsync(200);
        var service = await fleet.ServeAsync();
        await Eventually.TrueAsync(async () => await service.GetAsync("/readyz") == "200 ok\n", "it is ready", Token);
        await Eventually.TrueAsync(fleet.IsSweptAsync, "it works", Token, s_sweep);
        try
        {
            if (isStopped)
            {
                await fleet.Server.StopAsync();
            }
            else
            {
                fleet.Server.StandStill();
            }

            await Eventually.TrueAsync(
                async () => (await service.GetAsync("/readyz")).StartsWith("503", StringComparison.Ordinal), "it says so", Token);

            (await service.StopAsync()).ExitCode.ShouldBe(0, why);
        }
        finally
        {
            if (!isStopped)
            {
                fleet.Server.GoOn();
            }
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_DatabaseTakesNoWritesForAWhile_SaysSoAndGoesOn()
    {
        await using var fleet = await Fleet.StartAsync(20);
        var service = await fleet.ServeAsync();
        await Eventually.TrueAsync(async () => await service.GetAsync("/readyz") == "200 ok\n", "it is ready", Token);
        await Eventually.TrueAsync(fleet.IsSweptAsync, "it works", Token, s_sweep);

        await fleet.Server.RunAsync("ALTER SYSTEM SET default_transaction_read_only = on", Token);
        await fleet.Server.RunAsync("SELECT pg_reload_conf()", Token);
        await Eventually.TrueAsync(
            async () => (await service.GetAsync("/readyz")).Contains("takes no writes", StringComparison.Ordinal), "it says why", Token);
        await fleet.Server.RunAsync("ALTER SYSTEM RESET default_transaction_read_only", Token);
        await fleet.Server.RunAsync("SELECT pg_reload_conf()", Token);

        await Eventually.TrueAsync(async () => await service.GetAsync("/readyz") == "200 ok\n", "it is ready again", Token);
        var before = await WorkedAsync(fleet);
        await Eventually.TrueAsync(async () => await WorkedAsync(fleet) > before, "jobs that processes share run again", Token, s_sweep);
        (await service.StopAsync()).ExitCode.ShouldBe(0);
    }

    [Fact(Timeout = 600_000)]
    public async Task Run_SchedulerForgetsWhoRunsWhat_RunsShardsTwiceAndHarmsNothing()
    {
        const int Keys = 2_000;
        const int Bad = 5;
        await using var fleet = await Fleet.StartAsync(Keys, Bad);
        fleet.Provider.WaitForSecond = fleet.Keys.Values.First(value => !fleet.Bad.Any(id => fleet.Keys[id] == value));
        Service[] services = [await fleet.ServeAsync(), await fleet.ServeAsync()];
        foreach (var service in services)
        {
            await Eventually.TrueAsync(async () => await service.GetAsync("/readyz") == "200 ok\n", "it works", Token);
        }

        await Eventually.TrueAsync(
            async () =>
            {
                await ForgetAsync(fleet);
                return await fleet.IsSweptAsync();
            },
            "every key was checked",
            Token,
            s_sweep);
        await TellAsync(fleet, Bad);
        foreach (var service in services)
        {
            (await service.StopAsync()).ExitCode.ShouldBe(0);
        }

        fleet.Extra().ShouldBeGreaterThan(0, "some shard ran twice at once");
        await ShouldBeWhole(fleet, Keys, Bad);
    }

    private static Task<long> WorkedAsync(Fleet fleet) =>
        fleet.CountAsync("SELECT coalesce(sum(successes), 0) FROM job_status WHERE job = 'dispatch'");

    private static async Task ForgetAsync(Fleet fleet)
    {
        try
        {
            await fleet.Server.RunAsync(Forget, Token);
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // The schedulers are at work on these rows: the next time.
        }
    }

    // Quartz names a process by its host, its number and a part of its own.
    private static async Task<Victim> VictimAsync(Fleet fleet, Service[] services)
    {
        Victim? victim = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var busiest = await fleet.Server.RunAsync(
                    """
                    SELECT count(*) || ' ' || instance_name FROM kr_qrtz_fired_triggers
                    WHERE state = 'EXECUTING' AND job_name LIKE 'validate-%' GROUP BY instance_name ORDER BY count(*) DESC LIMIT 1
                    """,
                    Token) as string;
                if (busiest?.Split(' ') is not [var shards, var instance])
                {
                    return false;
                }

                var id = int.Parse(instance.Split('-')[^2], CultureInfo.InvariantCulture);
                victim = new(services.Single(service => service.Process.Id == id), instance, shards);
                return true;
            },
            "some process works on a shard",
            Token);
        return victim!;
    }

    private static async Task<bool> IsTakenOverAsync(Fleet fleet, string instance) =>
        await fleet.CountAsync($"SELECT count(*) FROM kr_qrtz_fired_triggers WHERE instance_name = '{instance}'") == 0;

    // What a killed process was about to tell waits for its lease, and a rejection for the end of its pass: two minutes that are spared
    // here.
    private static async Task TellAsync(Fleet fleet, int bad)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                await fleet.Server.RunAsync("UPDATE outbox SET due_at = 1, ready_at = 1 WHERE finished_at IS NULL", Token);
                return await fleet.CountAsync("SELECT count(*) FROM outbox WHERE outcome = 'Delivered'") >= bad;
            },
            "every alert arrived",
            Token);
    }

    private static async Task ShouldBeWhole(Fleet fleet, int keys, int bad)
    {
        var told = fleet.Inbox.All.SelectMany(message => Inbox.Lines(message).Select(line => (message.Id, line))).Distinct().ToList();
        told.Select(message => message.line).ShouldBe(
            fleet.Bad.Select(id => $"Trigger KeyRejected {id}"), ignoreOrder: true);
        (await fleet.Server.RunAsync(
            "SELECT string_agg(each, ', ' ORDER BY each) FROM (SELECT reason || ' ' || count(*) FROM finding GROUP BY reason) AS t (each)",
            Token)).ShouldBe($"ExpiryUnknown {keys}, KeyRejected {bad}");
        (await fleet.CountAsync("SELECT count(*) FROM key_version")).ShouldBe(keys);
        (await fleet.CountAsync("SELECT count(*) FROM key_status WHERE verdict = 'Rejected'")).ShouldBe(bad);
        (await fleet.CountAsync("SELECT count(*) FROM key_status WHERE verdict = 'Accepted'")).ShouldBe(keys - bad);
        (await fleet.CountAsync("SELECT count(*) FROM check_run")).ShouldBe(keys);
    }

    private sealed record Victim(Service Service, string Instance, string Shards);
}
