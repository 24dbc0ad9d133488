using System.Net;
using System.Net.Sockets;

namespace KeyRotator.Tests.Support;

/// <summary>Ports of 127.0.0.1 for programs that must be told one. Systems give ports above these to those who ask for any, so that nobody
/// is given one between the search and its use; and each is found once.</summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int Share = 200;

    // Two test processes are numbered close to each other, and so begin apart.
    private static int _next = Environment.ProcessId % ((Last - First) / Share) * Share;

    /// <summary>A port that nobody listens at.</summary>
    public static int Find()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _next) % (Last - First));
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Taken: the next one.
            }
        }
    }
}
