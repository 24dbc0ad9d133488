using System.Net;
using System.Net.Sockets;

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

    /// <summary>Fails where nothing can listen there, before anything else is done.</summary>
    /// <exception cref="CliException">Why not.</exception>
    public static void MustBeFree(IPEndPoint listen)
    {
        using var trial = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            trial.Bind(listen);
            trial.Listen();
        }
        catch (SocketException fault)
        {
            throw CliException.Failed($"{listen} {Sentence(fault.SocketErrorCode)} Nothing was changed.");
        }
    }

    private static string Sentence(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse =>
            $"is taken: another program listens there. Stop it, or name another address with --listen or {Variable}.",
        SocketError.AccessDenied =>
            $"may not be listened at by this user; ports below 1024 need a privilege. Name another port with --listen or {Variable}.",
        SocketError.AddressNotAvailable =>
            "is no address of this machine. Write 127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces.",
        _ => $"cannot be listened at: {error}.",
    };

    private static IPEndPoint Read(string text) => IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port > 0
        ? endpoint
        : throw CliException.Usage(
            $"--listen {Typed.Show(text)} is no address with a port. Write 127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces.");
}
