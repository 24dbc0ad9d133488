using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KeyRotator.Benchmarks;

/// <summary>A receiver that takes every message.</summary>
internal sealed class HookStub(Action<string, long> taken) : IHttpApplication<IFeatureCollection>
{
    public const string Verb = "hook-stub";

    /// <summary>Prints the address and serves until stdin ends.</summary>
    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        using var server = await StartAsync((_, _) => { });
        Console.WriteLine(AddressOf(server));
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        return 0;
    }

    /// <summary>Serves in this process.</summary>
    /// <param name="taken">Is told each message's id, and when it came.</param>
    public static async Task<KestrelServer> StartAsync(Action<string, long> taken)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Listen(IPAddress.Loopback, 0);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        var server = new KestrelServer(Options.Create(kestrel), transport, NullLoggerFactory.Instance);
        await server.StartAsync(new HookStub(taken), CancellationToken.None);
        return server;
    }

    public static string AddressOf(KestrelServer server) =>
        server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single() + "/hook";

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var request = context.GetRequiredFeature<IHttpRequestFeature>();
        taken(request.Headers["webhook-id"].ToString(), Stopwatch.GetTimestamp());
        await request.Body.CopyToAsync(Stream.Null);
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = 204;
    }

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }
}
