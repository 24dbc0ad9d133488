using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KeyRotator.Demo;

/// <summary>A web server on 127.0.0.1 at a port that the system chooses.</summary>
/// <remarks>Kestrel without a host, because a host would take ctrl-C for itself and read the environment. It logs nothing.</remarks>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private const int LargestBody = 2 * 1024 * 1024; // a Secret of 1 MiB in base64

    private readonly KestrelServer _server;
    private readonly CancellationTokenSource _stopping;

    private LoopbackServer(KestrelServer server, CancellationTokenSource stopping)
    {
        _server = server;
        _stopping = stopping;
        Address = new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    /// <summary>Answers one request. The token ends when the client goes away or the server stops.</summary>
    internal delegate Task Answer(HttpContext context, CancellationToken cancellationToken);

    /// <summary>Where it listens, without a path.</summary>
    public Uri Address { get; }

    /// <summary>Listens until it is disposed.</summary>
    public static async Task<LoopbackServer> StartAsync(Answer answer, CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = LargestBody;
        options.Listen(IPAddress.Loopback, 0);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        var server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
        var stopping = new CancellationTokenSource();
        await server.StartAsync(new Application(answer, stopping.Token), cancellationToken);
        return new LoopbackServer(server, stopping);
    }

    /// <summary>Ends requests under way and closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _server.StopAsync(_stopping.Token);
        _server.Dispose();
        _stopping.Dispose();
    }

    private sealed class Application(Answer answer, CancellationToken stopping) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public async Task ProcessRequestAsync(HttpContext context)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            try
            {
                await answer(context, either.Token);
            }
            catch (OperationCanceledException)
            {
                context.Abort();
            }
        }

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
