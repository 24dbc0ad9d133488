using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KeyRotator.Tests.Support;

/// <summary>A server on loopback that sends exactly the bytes of its scripts, one for each connection; the last one repeats.</summary>
/// <remarks>A script that returns closes its connection. Disposing the server ends them all.</remarks>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly SemaphoreSlim _received = new(0);
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<HostileConnection, Task>[] _scripts;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;
    private int _accepted;

    private HostileServer(X509Certificate2? certificate, Func<HostileConnection, Task>[] scripts)
    {
        (_certificate, _scripts) = (certificate, scripts);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"{(_certificate is null ? "http" : "https")}://localhost:{Port}");

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Number of connections so far.</summary>
    public int Connections => Volatile.Read(ref _accepted);

    /// <summary>The requests so far, heads and bodies, oldest first.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public static HostileServer Start(params Func<HostileConnection, Task>[] scripts) => new(null, scripts);

    public static HostileServer StartTls(X509Certificate2 certificate, params Func<HostileConnection, Task>[] scripts) =>
        new(certificate, scripts);

    /// <summary>A server that reads a request, sends the text and keeps the connection for the next one.</summary>
    public static HostileServer Answering(params string[] answers) => Start(connection => connection.AnswerEachAsync(answers));

    /// <summary>Waits for the next request that has arrived.</summary>
    public Task ReceivedAsync(CancellationToken cancellationToken) => _received.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_connections);
        _stopping.Dispose();
        _received.Dispose();
        _certificate?.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                var script = _scripts[Math.Min(Connections, _scripts.Length - 1)];
                Interlocked.Increment(ref _accepted); // before anything is answered
                _connections.Add(ServeAsync(client, script));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client, Func<HostileConnection, Task> script)
    {
        try
        {
            using (client)
            {
                await using var stream = await SecureAsync(client.GetStream());
                await script(new HostileConnection(client, stream, Record, _stopping.Token));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or SocketException or AuthenticationException)
        {
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream network)
    {
        if (_certificate is null)
        {
            return network;
        }

        var secure = new SslStream(network);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
        return secure;
    }

    private void Record(string head)
    {
        _requests.Enqueue(head);
        _received.Release();
    }
}

/// <summary>One accepted connection, driven byte by byte.</summary>
internal sealed class HostileConnection(TcpClient client, Stream stream, Action<string> record, CancellationToken stopping)
{
    private const string LengthHeader = "Content-Length: ";

    /// <summary>Reads a request, its body too, and records it; null where the client hung up.</summary>
    public async Task<string?> ReadRequestAsync()
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stopping) == 0)
            {
                return null;
            }

            text.Append((char)one[0]);
        }

        var body = new byte[LengthOf(text.ToString())];
        await stream.ReadExactlyAsync(body, stopping);
        text.Append(Encoding.Latin1.GetString(body));
        record(text.ToString());
        return text.ToString();
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public Task SendAsync(byte[] bytes) => stream.WriteAsync(bytes, stopping).AsTask();

    /// <summary>Writes the same bytes until the client hangs up or the server stops.</summary>
    public async Task SendForEverAsync(string text, Action<int>? sent = null)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        while (true)
        {
            await stream.WriteAsync(bytes, stopping);
            sent?.Invoke(bytes.Length);
        }
    }

    /// <summary>Writes the text once for each drop that is released, until the server stops.</summary>
    public async Task DripAsync(string text, SemaphoreSlim drops)
    {
        while (true)
        {
            await drops.WaitAsync(stopping);
            await SendAsync(text);
        }
    }

    /// <summary>Reads a request, sends the text.</summary>
    public async Task AnswerAsync(string text)
    {
        await ReadRequestAsync();
        await SendAsync(text);
    }

    /// <summary>Answers request after request; the last answer repeats.</summary>
    public async Task AnswerEachAsync(params string[] answers)
    {
        for (var index = 0; await ReadRequestAsync() is not null; index++)
        {
            await SendAsync(answers[Math.Min(index, answers.Length - 1)]);
        }
    }

    /// <summary>Keeps the connection open and silent until the server stops.</summary>
    public Task HangAsync() => Task.Delay(Timeout.InfiniteTimeSpan, stopping);

    /// <summary>Closes with a reset instead of a farewell.</summary>
    public void Reset() => client.Client.Close(timeout: 0);

    private static int LengthOf(string head)
    {
        var header = head.Split("\r\n").FirstOrDefault(line => line.StartsWith(LengthHeader, StringComparison.OrdinalIgnoreCase));
        return header is null ? 0 : int.Parse(header[LengthHeader.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
