using System.Net;
using System.Net.Sockets;

namespace KeyRotator.Tests.Support;

/// <summary>Ports of 127.0.0.1 for programs that must be told one. Systems give ports above these to those who ask for any, so that nobody
/// is given one between the search and its use; and each process has a share of its own.</summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int Share = 1_000;

    // The first port of a share is kept as long as the process lives: it says whose share it is.
    private static readonly TcpListener s_mark = Claim();
    private static int _found;

    /// <summary>A port that nobody listens at.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = ((IPEndPoint)s_mark.LocalEndpoint).Port + 1 + (Interlocked.Increment(ref _found) % (Share - 1));
            if (TryListen(port) is { } listener)
            {
                listener.Dispose();
                return port;
            }
        }
    }

    private static TcpListener Claim()
    {
        const int Shares = (Last - First) / Share;
        return Enumerable.Range(Environment.ProcessId, Shares).Select(share => TryListen(First + (share % Shares * Share)))
            .FirstOrDefault(listener => listener is not null)
            ?? throw new InvalidOperationException($"No port from {First} to {Last} is free.");
    }

    private static TcpListener? TryListen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            listener.Dispose();
            return null;
        }
    }
}
