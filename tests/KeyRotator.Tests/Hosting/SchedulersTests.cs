using KeyRotator.Hosting;
using KeyRotator.Hosting.Exposition;
using KeyRotator.State;
using KeyRotator.Tests.Alerts;
using KeyRotator.Tests.State;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

/// <summary>Several processes' schedulers on one real database.</summary>
public sealed class SchedulersTests : IAsyncLifetime
{
    private const string NotClosed = "could not be closed";

    private readonly List<IAsyncDisposable> _ends = [];
    private readonly CapturedLog<Schedulers> _log = new();
    private readonly TimeProvider _noon = new Noon(0); // no job that is looked at here fires then
    private PostgresServer _server = null!;
    private PostgresAddress _address = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresForAll.ServerAsync();
        _address = await _server.SchemaAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var end in Enumerable.Reverse(_ends))
        {
            await end.DisposeAsync();
        }

        _log.Text.ShouldNotContain(NotClosed);
    }

    [Fact(Timeout = 300_000)]
    public async Task Start_SeveralAtOnce_DeclareEachJobOnce()
    {
        Schedulers[] several = [await MakeAsync(), await MakeAsync(), await MakeAsync()];

        await Task.WhenAll(several.Select(each => each.StartAsync(Cluster(_address), Token)));

        (await CountAsync("kr_qrtz_job_details")).ShouldBe(Schedule.Shared.Jobs.Count(job => !job.IsLocal));
        (await CountAsync("kr_qrtz_cron_triggers")).ShouldBe(Schedule.Shared.Jobs.Count(job => !job.IsLocal));
        (await CountAsync("kr_qrtz_scheduler_state")).ShouldBe(1, "one process, however many schedulers it has here");
        (await CountAsync("kr_qrtz_job_details WHERE job_data IS NOT NULL AND length(job_data) > 2")).ShouldBe(0, "jobs carry no data");
    }

    [Theory(Timeout = 300_000)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Start_ClockIsNotTheSystems_FiresByItAndCanBeClosed(int days)
    {
        var clock = new Noon(days);
        var schedulers = await MakeAsync(clock);

        await schedulers.StartAsync(Cluster(_address), Token);
        await schedulers.DisposeAsync();

        _log.Text.ShouldNotContain(NotClosed);
        var next = clock.GetUtcNow().Date + new TimeSpan(1, 3, 23, 0);
        (await CountAsync($"kr_qrtz_triggers WHERE trigger_name = 'prune' AND next_fire_time = {next.Ticks}")).ShouldBe(1);
    }

    [Fact(Timeout = 300_000)]
    public async Task Declare_SomebodyTookJobsAwayOrOneFails_MendsIt()
    {
        var schedulers = await MakeAsync();
        await schedulers.StartAsync(Cluster(_address), Token);
        await Eventually.TrueAsync(
            async () => await CountAsync("kr_qrtz_triggers WHERE job_name = 'prune' AND trigger_name <> 'prune'") == 0
                && await CountAsync("kr_qrtz_fired_triggers WHERE job_name = 'prune'") == 0,
            Token); // its firing at the start is over
        await RunAsync("DELETE FROM kr_qrtz_triggers WHERE trigger_name = 'audit'");
        await RunAsync("UPDATE kr_qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = 'prune'");

        await schedulers.DeclareAsync(Token);

        (await CountAsync("kr_qrtz_cron_triggers WHERE trigger_name = 'audit'")).ShouldBe(1);
        (await CountAsync("kr_qrtz_triggers WHERE trigger_name = 'prune' AND trigger_state = 'WAITING'")).ShouldBe(1);
    }

    [Fact(Timeout = 300_000)]
    public async Task Start_AnotherVersionsJobs_AreLeftToIt()
    {
        await MakeAsync();
        await RunAsync(
            "INSERT INTO kr_qrtz_job_details VALUES ('keyrotator-00000000', 'later', 'DEFAULT', NULL,"
            + " 'KeyRotator.Hosting.LaterJob, keyrotator', true, true, false, false, NULL)");

        await (await MakeAsync()).StartAsync(Cluster(_address), Token);

        (await CountAsync("kr_qrtz_job_details WHERE job_name = 'later'")).ShouldBe(1);
    }

    [Fact(Timeout = 300_000)]
    public async Task Start_TablesAreNotThoseOfThisQuartz_SaysWhatToDo()
    {
        var schedulers = await MakeAsync();
        await RunAsync("ALTER TABLE kr_qrtz_triggers DROP COLUMN overlap_policy");

        var fault = await Should.ThrowAsync<StateException>(() => schedulers.StartAsync(Cluster(_address), Token));

        fault.MayPass.ShouldBeFalse();
        fault.Message.ShouldContain("empty the tables kr_qrtz_*");
    }

    [Fact(Timeout = 300_000)]
    public async Task Start_DatabaseIsGoneAgain_MayPassAndNamesNoPassword()
    {
        var schedulers = await MakeAsync();
        var wrong = _address with { Hosts = [new("127.0.0.1", 1)] };

        var fault = await Should.ThrowAsync<StateException>(() => schedulers.StartAsync(Cluster(wrong), Token));

        fault.MayPass.ShouldBeTrue();
        fault.ToString().ShouldNotContain(PostgresServer.Password.Reveal());
        await schedulers.StartAsync(Cluster(_address), Token);
        (await CountAsync("kr_qrtz_job_details")).ShouldBeGreaterThan(0);
    }

    private static ClusterStore Cluster(PostgresAddress address) => new(address.ToString(), () => ScheduleTable.Connect(address));

    private async Task<Schedulers> MakeAsync(TimeProvider? clock = null)
    {
        var phase = new ServicePhase();
        phase.Take(await StateDatabase.ConnectAsync(_address, TimeProvider.System, Token));
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(clock ?? _noon)
            .AddSingleton(phase)
            .AddSingleton(Schedule.Shared)
            .AddSingleton<JobRecord>()
            .AddSingleton<JobMeter>()
            .AddSingleton(all => new Schedulers(Schedule.Shared, all, _log) { CloseWithin = TimeSpan.FromMinutes(1) })
            .BuildServiceProvider();
        _ends.Add(phase);
        _ends.Add(services);
        return services.GetRequiredService<Schedulers>();
    }

    private Task<object?> RunAsync(string sql) =>
        _server.RunAsync(sql.Replace("kr_qrtz_", $"{_address.Schema}.kr_qrtz_", StringComparison.Ordinal), Token);

    private async Task<long> CountAsync(string from) =>
        (long)(await _server.RunAsync($"SELECT count(*) FROM {_address.Schema}.{from}", Token))!;

    private sealed class Noon(int days) : TimeProvider
    {
        private readonly TimeSpan _ahead = new TimeSpan(days, 12, 0, 0) - System.GetUtcNow().TimeOfDay;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
    }
}
