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

    /// <summary>Ready: the database answers and every job has succeeded within two of its periods.</summary>
    public const string ReadyPath = "/readyz";

    /// <summary>Numbers in Prometheus's text format.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>Maps the three paths.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(LivePath, () => TypedResults.Text("ok\n"));
        routes.MapGet(ReadyPath, ReadyAsync);
        routes.MapGet(MetricsPath, MetricsEndpoint.AnswerAsync);
    }

    private static async Task<ContentHttpResult> ReadyAsync(
        LiveRuntime live, JobRecord jobs, SettingsWatcher watcher, CancellationToken cancellationToken)
    {
        var lines = new StringBuilder();
        var isReady = await IsDatabaseReadyAsync(live, lines, cancellationToken);
        foreach (var (job, since) in jobs.Overdue())
        {
            isReady = false;
            lines.Append(CultureInfo.InvariantCulture, $"job {job} has not succeeded since {since:yyyy-MM-ddTHH:mm:ssZ}\n");
        }

        // A bad new file changes nothing: the service stays ready on the old one, and says so.
        if (!watcher.IsInForce)
        {
            lines.Append("the changed configuration is not in force; the one before stays\n");
        }

        return isReady
            ? TypedResults.Text("ok\n" + lines)
            : TypedResults.Text("not ready\n" + lines, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<bool> IsDatabaseReadyAsync(LiveRuntime live, StringBuilder lines, CancellationToken cancellationToken)
    {
        try
        {
            await using var transaction = await live.State.BeginReadAsync(cancellationToken);
            await OutboxTable.WaitingChannelsAsync(transaction, cancellationToken);
            return true;
        }
        catch (StateException fault)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{fault.Message}\n");
            return false;
        }
    }
}
