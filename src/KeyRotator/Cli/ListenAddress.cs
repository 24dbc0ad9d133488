using System.Net;

namespace KeyRotator.Cli;

/// <summary>Where the service listens: an address with a port.</summary>
internal static class ListenAddress
{
    /// <summary>The variable that names it where the command line does not.</summary>
    public const string Variable = "KEYROTATOR_LISTEN";

    /// <summary>Where it listens unless told otherwise.</summary>
    public const string Default = "127.0.0.1:8080";

    /// <summary>What was given: by option, by variable, or neither.</summary>
    /// <exception cref="CliException">It is no address with a port.</exception>
    public static IPEndPoint Of(CliContext context, string? option) => Read(option ?? context.Environment(Variable) ?? Default);

    /// <summary>The address at which this machine itself reaches what listens there.</summary>
    public static IPEndPoint FromHere(IPEndPoint listen) => listen switch
    {
        { Address: var address } when address.Equals(IPAddress.Any) => new(IPAddress.Loopback, listen.Port),
        { Address: var address } when address.Equals(IPAddress.IPv6Any) => new(IPAddress.IPv6Loopback, listen.Port),
        _ => listen,
    };

    private static IPEndPoint Read(string text) => IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port > 0
        ? endpoint
        : throw CliException.Usage(
            $"--listen {Typed.Show(text)} is no address with a port. Write 127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces.");
}
