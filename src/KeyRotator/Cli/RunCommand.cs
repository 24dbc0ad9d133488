using System.CommandLine;
using System.Net;
using KeyRotator.Audit;
using KeyRotator.Configuration;
using KeyRotator.Hosting;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>run</c>: the service, until it is told to stop.</summary>
internal sealed class RunCommand
{
    private const string ListenVariable = "KEYROTATOR_LISTEN";
    private const string DefaultListen = "127.0.0.1:8080";

    private readonly CliContext _context;
    private readonly CommonOptions _common;
    private readonly Option<string?> _listen = new("--listen")
    {
        Description =
            $"Address and port for {Health.LivePath}, {Health.ReadyPath}, {Health.MetricsPath} "
            + $"(default ${ListenVariable} or {DefaultListen})",
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
        var listen = Listen(parsed.GetValue(_listen) ?? _context.Environment(ListenVariable) ?? DefaultListen);
        Telemetry.Validate(_context);
        await using var state = await StateDatabase.OpenAsync(settings.Database.Path, _context.Time, cancellationToken);
        state.Actor = new AuditActor(_context.Actor, _context.Verb);
        var request = new ServiceRequest(path, file => SettingsLoader.Load(file, _context.Environment), first, state, listen);
        await ServiceHost.RunAsync(request, cancellationToken);
        return ExitCode.Success;
    }

    private static IPEndPoint Listen(string text) =>
        IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port > 0
            ? endpoint
            : throw CliException.Usage(
                $"--listen {Typed.Show(text)} is no address with a port. Write 127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces.");
}
