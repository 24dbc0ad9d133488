using System.CommandLine;
using KeyRotator.Audit;
using KeyRotator.Configuration;
using KeyRotator.Hosting;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>run</c>: the service, until it is told to stop.</summary>
internal sealed class RunCommand
{
    private readonly CliContext _context;
    private readonly CommonOptions _common;
    private readonly Option<string?> _listen = new("--listen")
    {
        Description =
            $"Address and port for {Health.LivePath}, {Health.ReadyPath}, {Health.MetricsPath} "
            + $"(default ${ListenAddress.Variable} or {ListenAddress.Default})",
    };

    private RunCommand(CliContext context, CommonOptions common)
    {
        _context = context;
        _common = common;
    }

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var run = new RunCommand(context, common);
        var command = new Command(
            "run", "Run as a service: check keys when they are due, send alerts, answer health checks") { run._listen };
        command.SetAction(async (parsed, cancellationToken) => (int)await run.RunAsync(parsed, cancellationToken));
        return command;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = SettingsSource.Locate(_context, _common.ConfigOf(parsed));
        var first = SettingsLoader.Load(path, _context.Environment);
        var settings = first.Settings ?? throw SettingsSource.Refusal(_context, first.Faults);
        var listen = ListenAddress.Of(_context, parsed.GetValue(_listen));
        Telemetry.Validate(_context);
        ListenAddress.MustBeFree(listen);
        var cluster = settings.Database.Server is { } server ? new ClusterStore(server.ToString(), () => ScheduleTable.Connect(server)) : null;
        var database = new ServiceDatabase(token => OpenAsync(settings.Database, token), cluster);
        var request = new ServiceRequest(path, file => SettingsLoader.Load(file, _context.Environment), first, database, listen);
        await ServiceHost.RunAsync(request, cancellationToken);
        return ExitCode.Success;
    }

    private async Task<StateDatabase> OpenAsync(DatabaseSettings database, CancellationToken cancellationToken)
    {
        var state = await database.OpenAsync(_context.Time, cancellationToken);
        state.Actor = new AuditActor(_context.Actor, _context.Verb);
        return state;
    }
}
