using System.CommandLine;
using KeyRotator.Alerts;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Http;
using KeyRotator.Rotation;
using KeyRotator.State;
using KeyRotator.Validation;
using Microsoft.Extensions.Logging.Abstractions;

namespace KeyRotator.Cli;

/// <summary><c>check</c>: one pass over the keys that are named, or all; prints what is known afterwards.</summary>
internal sealed class CheckCommand
{
    // What a pass spends at most on carrying open rotations on.
    private static readonly TimeSpan s_rotations = TimeSpan.FromSeconds(60);
    private readonly CliContext _context;
    private readonly CommonOptions _common;
    private readonly Argument<string[]> _keys = NameArgument.Many("KEY", "Ids of keys; all where none is named");
    private readonly Option<string> _failOn = Choice.Option(
        "--fail-on", FailOn.Critical, "Exit with 3 where a finding is at least as severe; none: also not with 4");

    private readonly Option<bool> _fromEnvironment = new("--from-env")
    {
        Description = "Check every provider's standard variable that is set; needs no configuration and leaves nothing behind",
    };

    private readonly Option<bool> _noAlerts = new("--no-alerts")
    {
        Description = "Send no alert: the next check sends those that are due",
    };

    private CheckCommand(CliContext context, CommonOptions common)
    {
        _context = context;
        _common = common;
    }

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var check = new CheckCommand(context, common);
        var command = new Command("check", "Prove keys now, record what is found, send alerts, print, exit")
        {
            check._keys,
            check._fromEnvironment,
            check._failOn,
            check._noAlerts,
        };
        command.SetAction(async (parsed, cancellationToken) => (int)await check.RunAsync(parsed, cancellationToken));
        return command;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = LoadSettings(parsed);
        await using var workbench = await Workbench.OpenAsync(_context, settings, cancellationToken);
        using var telemetry = parsed.GetValue(_fromEnvironment) ? null : Telemetry.Begin(_context, workbench);
        var exitCode = await RunAsync(workbench, parsed, cancellationToken);
        await Telemetry.SendAsync(_context, telemetry, cancellationToken);
        return exitCode;
    }

    private async Task<ExitCode> RunAsync(Workbench workbench, ParseResult parsed, CancellationToken cancellationToken)
    {
        await workbench.Audit.LookAsync(cancellationToken);
        await workbench.Suspensions.LapseAsync(cancellationToken);
        await workbench.RefreshAsync(cancellationToken);
        var keys = KeySelection.Choose(workbench.Inventory, parsed.GetRequiredValue(_keys));
        var isWhole = keys.Count == workbench.Inventory.Keys.Count;
        var request = new CheckPassRequest(isWhole ? null : keys, SendAlerts: !parsed.GetValue(_noAlerts), IgnoreCadence: true);
        var waiting = await new RotationRound(_context.CreateRotations(workbench), "check").RunAsync(s_rotations, cancellationToken);
        var startedAt = _context.Time.GetTimestamp();
        var result = await PassAsync(workbench, request, cancellationToken);

        if (isWhole)
        {
            await workbench.RefreshAsync(cancellationToken);
            keys = workbench.Inventory.Keys;
            await LeaveWordAsync(workbench, _context.Time.GetElapsedTime(startedAt), cancellationToken);
        }

        await TellAsync(result);
        if (isWhole && request.SendAlerts && workbench.Settings.Heartbeat is { } heartbeat)
        {
            await BeatAsync(workbench, heartbeat, cancellationToken);
        }

        var format = _common.FormatOf(parsed);
        var printer = new KeyReportPrinter(_context, new KeyReportReader(workbench.Database, workbench.Settings));
        var tally = await printer.PrintAsync(keys, result.CheckedAt, format, cancellationToken);
        if (format is OutputFormat.Table && result.AlertsDelivered + result.AlertsWaiting > 0)
        {
            await _context.Out.WriteLineAsync($"alerts: {result.AlertsDelivered} delivered, {result.AlertsWaiting} waiting");
        }

        var facts = new ExitFacts { NeedsOperator = result.NeedsOperator || waiting > 0, Worst = tally.Worst };
        return ExitCodes.For(facts, Choice.Of<FailOn>(parsed, _failOn));
    }

    private async Task TellAsync(CheckPassResult result)
    {
        if (result.Skipped > 0)
        {
            await _context.Error.WriteLineAsync(
                $"{result.Skipped} of {result.Checked} keys were probed a moment ago and not again: their last answers are shown.");
        }

        if (result.PutOff > 0)
        {
            await _context.Error.WriteLineAsync(
                $"{result.PutOff} of {result.Checked} keys were put off: their provider asks for a pause or is silent. They stay due.");
        }
    }

    // Who looks at the database sees when a whole pass was last made.
    private static async Task LeaveWordAsync(Workbench workbench, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var transaction = await workbench.Database.BeginWriteAsync(Durability.ProcessEnd, cancellationToken);
        var run = JobStatus.None.Next(succeeded: true, workbench.Time.GetUtcNow(), duration);
        await JobTable.AddAsync(transaction, Telemetry.CheckJob, run, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // The pass was recorded: somebody elsewhere may know that this was alive.
    private async Task BeatAsync(Workbench workbench, HeartbeatSettings settings, CancellationToken cancellationToken)
    {
        using var http = OutboundHttp.CreateGuarded();
        var heartbeat = new Heartbeat(workbench.Database, http, workbench.Time, NullLogger<Heartbeat>.Instance);
        var row = await heartbeat.BeatAsync(settings, cancellationToken);
        if (row.Error is not null)
        {
            await _context.Error.WriteLineAsync($"The watchdog did not take the heartbeat: {DeliveryError.Explain(row.Error)}.");
        }
    }

    private Settings LoadSettings(ParseResult parsed)
    {
        var config = _common.ConfigOf(parsed);
        return parsed.GetValue(_fromEnvironment) switch
        {
            false => SettingsSource.Load(_context, config),
            true when config is null => EnvironmentSettings.Of(_context),
            true => throw CliException.Usage("--from-env reads no configuration: leave --config away."),
        };
    }

    private async Task<CheckPassResult> PassAsync(Workbench workbench, CheckPassRequest request, CancellationToken cancellationToken)
    {
        using var progress = new ProgressLine(_context);
        try
        {
            return await _context.CreateCheckPass(workbench).RunAsync(request, progress, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw CliException.Failed("Interrupted. What was checked is recorded; the next check takes it from there.");
        }
    }
}
