using System.Data.Common;
using KeyRotator.State.Postgres;

namespace KeyRotator.State;

/// <summary>What Quartz keeps in a database that processes share. Its tables are made by our migrations and written by Quartz; we read who
/// is alive, and remove what schedules of past versions left.</summary>
internal static class ScheduleTable
{
    // Quartz's own: its threads' work, and its check-in.
    private const int Connections = 6;

    // In an order that leaves none without what it refers to; types of triggers go with their trigger.
    private static readonly string[] s_tables =
        ["fired_triggers", "triggers", "job_details", "paused_trigger_grps", "paused_job_grps", "calendars", "locks", "scheduler_state"];

    /// <summary>Connections for Quartz, beside ours. The caller's to dispose.</summary>
    public static DbDataSource Connect(PostgresAddress address) =>
        PostgresSource.Create(address, Connections, new PostgresSettings().AnswerWait);

    /// <summary>How many processes said at or after <paramref name="since"/> that they are alive, of whatever version.</summary>
    public static async Task<int> LiveAsync(StateTransaction transaction, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var rows = await transaction.Prepare("SELECT count(*) FROM kr_qrtz_scheduler_state WHERE last_checkin_time >= @since")
            .Set("@since", since)
            .ReadAsync(row => row.Int(), cancellationToken);
        return rows.Single();
    }

    /// <summary>Removes the schedules that nobody has worked on since <paramref name="before"/>, save one's own.</summary>
    public static async Task PruneAsync(
        StateTransaction transaction, string own, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var names = await transaction
            .Prepare(
                """
                SELECT DISTINCT sched_name FROM kr_qrtz_job_details WHERE sched_name <> @own AND sched_name NOT IN (
                  SELECT sched_name FROM kr_qrtz_scheduler_state WHERE last_checkin_time >= @before)
                """)
            .Set("@own", own)
            .Set("@before", before)
            .ReadAsync(row => row.Text(), cancellationToken);
        foreach (var (name, table) in names.SelectMany(name => s_tables.Select(table => (name, table))))
        {
            await transaction.Prepare($"DELETE FROM kr_qrtz_{table} WHERE sched_name = @name")
                .Set("@name", name)
                .ExecuteAsync(cancellationToken);
        }
    }
}
