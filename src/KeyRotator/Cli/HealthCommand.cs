using System.CommandLine;
using System.Globalization;
using System.Net;
using KeyRotator.Hosting;
using KeyRotator.Http;

namespace KeyRotator.Cli;

/// <summary><c>health</c>: asks the service on this machine whether it is alive. For a container's health check, which has neither shell
/// nor curl; hidden from the help of people.</summary>
internal sealed class HealthCommand
{
    /// <summary>An answer that takes longer is none.</summary>
    public static TimeSpan Bound { get; } = TimeSpan.FromSeconds(3);

    private readonly CliContext _context;
    private readonly Option<string?> _listen = new("--listen")
    {
        Description = $"Where the service listens (default ${ListenAddress.Variable} or {ListenAddress.Default})",
    };

    private readonly Option<bool> _ready = new("--ready") { Description = $"Ask {Health.ReadyPath} instead of {Health.LivePath}" };

    private HealthCommand(CliContext context) => _context = context;

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context)
    {
        var health = new HealthCommand(context);
        var command = new Command("health", "Ask the service on this machine whether it is alive") { health._listen, health._ready };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) => (int)await health.AskAsync(parsed, cancellationToken));
        return command;
    }

    private async Task<ExitCode> AskAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var listen = ListenAddress.FromHere(ListenAddress.Of(_context, parsed.GetValue(_listen)));
        var address = new Uri($"http://{listen}{(parsed.GetValue(_ready) ? Health.ReadyPath : Health.LivePath)}");
        using var bound = new CancellationTokenSource(Bound, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            return Tell(address, await StatusAsync(address, either.Token));
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && NetworkFault.Of(fault) is not null)
        {
            throw CliException.Failed(
                string.Create(CultureInfo.InvariantCulture, $"{address} did not answer: {NetworkFault.Of(fault)!.Sentence}"));
        }
    }

    private ExitCode Tell(Uri address, HttpStatusCode status)
    {
        if (status is not HttpStatusCode.OK)
        {
            throw CliException.Failed(string.Create(CultureInfo.InvariantCulture, $"{address} answered {(int)status}."));
        }

        _context.Out.WriteLine("ok");
        return ExitCode.Success;
    }

    // The headers say it all: the body is not waited for.
    private static async Task<HttpStatusCode> StatusAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = OutboundHttp.CreateLocal();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var answer = await http.SendAsync(request, cancellationToken);
        return answer.StatusCode;
    }
}
