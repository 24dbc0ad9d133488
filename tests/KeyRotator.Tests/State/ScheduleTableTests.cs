using KeyRotator.Hosting;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Npgsql;
using Quartz;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>Quartz's tables, as our migrations make them.</summary>
public sealed class ScheduleTableTests : IAsyncLifetime
{
    private const string Columns =
        """
        SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(character_maximum_length, 0) || ' ' || is_nullable
          || ' ' || coalesce(column_default, '-')
        FROM information_schema.columns WHERE table_schema = '{0}' AND table_name LIKE 'kr_qrtz_%'
        """;

    private const string Indexes =
        "SELECT replace(indexdef, '{0}.', '') FROM pg_indexes WHERE schemaname = '{0}' AND tablename LIKE 'kr_qrtz_%'";

    private const string Keys =
        """
        SELECT conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = '{0}'::regnamespace AND contype = 'f' AND conrelid::regclass::text LIKE 'kr_qrtz_%'
        """;

    // Of past runs; only a scheduler that is told to keep a history asks for them.
    private static readonly string[] s_leftOut = ["execution_history", "misfire_history", "job_status"];

    private PostgresServer _server = null!;
    private PostgresAddress _ours = null!;
    private StateDatabase _state = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now { get; } = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresForAll.ServerAsync();
        _ours = await _server.SchemaAsync(Token);
        _state = await StateDatabase.ConnectAsync(_ours, TimeProvider.System, Token);
    }

    public ValueTask DisposeAsync() => _state.DisposeAsync();

    [Theory]
    [InlineData(Columns)]
    [InlineData(Indexes)]
    [InlineData(Keys)]
    public async Task Tables_OfOurMigrations_AreThoseThatThisQuartzMakesItself(string query)
    {
        var its = await _server.SchemaAsync(Token);
        await using (var factory = Scheduler(its, SchemaProvisioning.CreateIfMissing))
        {
            await factory.GetScheduler(Token);
            await (await factory.GetScheduler(Token)).Start(Token);
        }

        var expected = (await ReadAsync(query, its.Schema!)).Where(
            line => !s_leftOut.Any(table => line.Contains(ClusterStore.TablePrefix + table, StringComparison.Ordinal)));
        (await ReadAsync(query, _ours.Schema!)).ShouldBe(expected, "a new Quartz wants a migration of ours");
    }

    [Fact]
    public async Task Tables_OfOurMigrations_SatisfyThisQuartz()
    {
        await using var factory = Scheduler(_ours, SchemaProvisioning.Validate);

        await (await factory.GetScheduler(Token)).Start(Token);
    }

    [Fact]
    public async Task Live_SomeAreGone_CountsThoseOfEveryVersion()
    {
        await CheckInAsync("keyrotator-old", "a", Now);
        await CheckInAsync("keyrotator-new", "b", Now.AddSeconds(1));
        await CheckInAsync("keyrotator-new", "c", Now.AddTicks(-1));

        await using var transaction = await _state.BeginReadAsync(Token);
        (await ScheduleTable.LiveAsync(transaction, Now, Token)).ShouldBe(2);
    }

    [Fact]
    public async Task Prune_SchedulesOfPastVersions_LeavesOursAndThoseThatLive()
    {
        foreach (var (name, at) in new[] { ("own", Now.AddDays(-9)), ("live", Now), ("dead", Now.AddTicks(-1)), ("gone", default) })
        {
            await DeclareAsync(name);
            if (at != default)
            {
                await CheckInAsync(name, "p", at);
            }
        }

        await using (var transaction = await _state.BeginWriteAsync(Token))
        {
            await ScheduleTable.PruneAsync(transaction, "own", Now, Token);
            await transaction.CommitAsync(Token);
        }

        foreach (var table in (string[])["job_details", "triggers", "cron_triggers"])
        {
            (await ReadAsync($"SELECT sched_name FROM {{0}}.kr_qrtz_{table}", _ours.Schema!)).ShouldBe(["live", "own"], table);
        }

        (await ReadAsync("SELECT sched_name FROM {0}.kr_qrtz_scheduler_state", _ours.Schema!)).ShouldBe(["live", "own"]);
    }

    private static StandaloneSchedulerFactory Scheduler(PostgresAddress address, SchemaProvisioning provisioning) =>
        QuartzSchedulerBuilder.Create(quartz =>
        {
            quartz.ConfigureScheduler(options => options.InstanceName = "test");
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.DataSourceFactory = _ => ScheduleTable.Connect(address));
                store.UseSystemTextJsonSerializer();
                store.UseClustering();
                store.ConfigureStore(
                    options => (options.TablePrefix, options.SchemaProvisioning) = (ClusterStore.TablePrefix, provisioning));
            });
        }).Build();

    private Task<object?> CheckInAsync(string schedule, string process, DateTimeOffset at) => RunAsync(
        $"INSERT INTO {{0}}.kr_qrtz_scheduler_state VALUES ('{schedule}', '{process}', {at.UtcTicks}, 3000, '4')");

    private async Task DeclareAsync(string schedule)
    {
        await RunAsync($"INSERT INTO {{0}}.kr_qrtz_job_details VALUES ('{schedule}', 'j', 'g', NULL, 'c', true, true, false, false, NULL)");
        await RunAsync(
            $$"""
            INSERT INTO {0}.kr_qrtz_triggers
              (sched_name, trigger_name, trigger_group, job_name, job_group, trigger_state, trigger_type, start_time)
            VALUES ('{{schedule}}', 't', 'g', 'j', 'g', 'WAITING', 'CRON', 0)
            """);
        await RunAsync($"INSERT INTO {{0}}.kr_qrtz_cron_triggers VALUES ('{schedule}', 't', 'g', '0 0 * * * ?', 'UTC')");
    }

    private Task<object?> RunAsync(string sql) => _server.RunAsync(sql.Replace("{0}", _ours.Schema, StringComparison.Ordinal), Token);

    private async Task<IReadOnlyList<string>> ReadAsync(string query, string schema)
    {
        await using var connection = await _server.ConnectAsync(Token);
        await using var path = new NpgsqlCommand($"SET search_path = {schema}", connection);
        await path.ExecuteNonQueryAsync(Token);
        await using var command = new NpgsqlCommand(query.Replace("{0}", schema, StringComparison.Ordinal), connection);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var lines = new List<string>();
        while (await reader.ReadAsync(Token))
        {
            lines.Add(reader.GetString(0));
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
