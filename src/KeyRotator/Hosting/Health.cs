using System.Globalization;
using System.Text;
using KeyRotator.Configuration;
using KeyRotator.Hosting.Exposition;
using KeyRotator.State;
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

    // Before the database is open there is nobody yet who knows the numbers.
    private static Task MetricsAsync(HttpContext context, ServicePhase phase, IServiceProvider services) => phase.WaitsFor is { } reason
        ? NotReady($"{reason}\n").ExecuteAsync(context)
        : MetricsEndpoint.AnswerAsync(context, services.GetRequiredService<MetricsCollector>());
}
