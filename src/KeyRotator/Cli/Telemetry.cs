using System.Collections.ObjectModel;
using KeyRotator.Alerts;
using KeyRotator.Hosting.Exposition;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Cli;

/// <summary>Metrics as far as verbs have to do with them.</summary>
internal static class Telemetry
{
    /// <summary>The name under which a pass of all keys leaves word.</summary>
    public const string CheckJob = "check";

    /// <summary>Refuses variables that are wrong before anything is done.</summary>
    /// <exception cref="CliException">One is; the message names it.</exception>
    public static void Validate(CliContext context)
    {
        try
        {
            OtlpSettings.Of(context.Environment);
            MetricsHosting.TellsKeys(context.Environment);
        }
        catch (FormatException fault)
        {
            throw CliException.Usage(fault.Message);
        }
    }

    /// <summary>Begins to count what a pass does; null where nothing is to be sent.</summary>
    public static CheckTelemetry? Begin(CliContext context, Workbench workbench)
    {
        Validate(context);
        return CheckTelemetry.Begin(context.Environment, () => SourcesOf(workbench));
    }

    /// <summary>Sends it. A receiver that does not take it is told of, and changes nothing.</summary>
    public static async Task SendAsync(CliContext context, CheckTelemetry? telemetry, CancellationToken cancellationToken)
    {
        if (telemetry is null)
        {
            return;
        }

        if (!await telemetry.SendAsync(cancellationToken))
        {
            await context.Error.WriteLineAsync("The metrics were not taken by the receiver that OTEL_EXPORTER_OTLP_ENDPOINT names.");
        }
        else if (telemetry.LeftKeysOut)
        {
            await context.Error.WriteLineAsync("There are too many keys to tell of each by OTLP: only their sums were sent.");
        }
    }

    private static MetricSources SourcesOf(Workbench workbench) => new()
    {
        State = workbench.Database,
        Engine = workbench.Database.EngineName,
        Time = workbench.Time,
        Parts = () => new(
            workbench.Settings,
            workbench.Inventory,
            [.. workbench.Stores.Values.OfType<IMeteredStore>()],
            ReadOnlyDictionary<AttemptKind, long>.Empty),
        Succeeded = () => new Dictionary<string, DateTimeOffset> { [CheckJob] = workbench.Time.GetUtcNow() },
    };
}
