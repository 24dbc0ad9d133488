using System.Globalization;
using System.Text;
using KeyRotator.Audit;
using KeyRotator.Configuration;
using KeyRotator.State;
using KeyRotator.Stores.Remote;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KeyRotator.Hosting;

/// <summary>What the service says of itself: alive, ready, and a few numbers.</summary>
internal static class Health
{
    /// <summary>Alive: the process answers. Nothing else is asked, so that an outage elsewhere restarts nothing.</summary>
    public const string LivePath = "/livez";

    /// <summary>Ready: the database answers and every job has succeeded, in whichever process, within two of its periods.</summary>
    public const string ReadyPath = "/readyz";

    /// <summary>Numbers in Prometheus's text format.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Maps the three paths.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(LivePath, () => TypedResults.Text("ok\n"));
        routes.MapGet(ReadyPath, ReadyAsync);
        routes.MapGet(MetricsPath, MetricsAsync);
    }

    private static async Task<ContentHttpResult> ReadyAsync(
        ServicePhase phase, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (phase.WaitsFor is { } reason)
        {
            return NotReady($"{reason}\n");
        }

        var jobs = services.GetRequiredService<JobRecord>();
        var lines = new StringBuilder();
        var isReady = await IsDatabaseReadyAsync(phase.State, jobs, lines, cancellationToken);
        foreach (var (job, since) in jobs.Overdue())
        {
            isReady = false;
            lines.Append(CultureInfo.InvariantCulture, $"job {job} has not succeeded since {since:yyyy-MM-ddTHH:mm:ssZ}\n");
        }

        // A bad new file changes nothing: the service stays ready on the old one, and says so.
        if (!services.GetRequiredService<SettingsWatcher>().IsInForce)
        {
            lines.Append("the changed configuration is not in force; the one before stays\n");
        }

        return isReady ? TypedResults.Text("ok\n" + lines) : NotReady(lines.ToString());
    }

    private static ContentHttpResult NotReady(string why) =>
        TypedResults.Text("not ready\n" + why, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task<bool> IsDatabaseReadyAsync(
        StateDatabase state, JobRecord jobs, StringBuilder lines, CancellationToken cancellationToken)
    {
        try
        {
            await using var transaction = await state.BeginReadAsync(cancellationToken);
            await OutboxTable.WaitingChannelsAsync(transaction, cancellationToken);
            await jobs.RefreshAsync(transaction, cancellationToken);
            return true;
        }
        catch (StateException fault)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{fault.Message}\n");
            return false;
        }
    }

    private static async Task<ContentHttpResult> MetricsAsync(
        ServicePhase phase, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (phase.WaitsFor is { } reason)
        {
            return NotReady($"{reason}\n");
        }

        var live = services.GetRequiredService<LiveRuntime>();
        var (jobs, watcher) = (services.GetRequiredService<JobRecord>(), services.GetRequiredService<SettingsWatcher>());
        using var runtime = live.Rent();
        var (audit, channels) = await StateAsync(live, runtime.Value, cancellationToken);
        var stores = runtime.Value.Environment.Stores.Values.OfType<IMeteredStore>();
        return TypedResults.Text(
            MetricsText.Write(jobs, watcher, stores, audit, channels), "text/plain; version=0.0.4; charset=utf-8");
    }

    // The other numbers are worth having while the database fails; readiness tells of it.
    private static async Task<StateFigures> StateAsync(LiveRuntime live, PassRuntime runtime, CancellationToken cancellationToken)
    {
        try
        {
            await using var transaction = await live.State.BeginReadAsync(cancellationToken);
            var audit = await AuditTable.HeadAsync(transaction, cancellationToken);
            var backlogs = await OutboxTable.BacklogAsync(transaction, cancellationToken);
            var heartbeat = await HeartbeatTable.FindAsync(transaction, cancellationToken);
            return new(audit, new(backlogs, runtime.Dispatcher.Attempts, heartbeat));
        }
        catch (StateException)
        {
            return new(null, null);
        }
    }

    private sealed record StateFigures(AuditHead? Audit, ChannelFigures? Channels);
}
