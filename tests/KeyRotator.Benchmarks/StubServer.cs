using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KeyRotator.Benchmarks;

/// <summary>A provider that lists models for every key with the known prefix.</summary>
/// <remarks>Bare Kestrel: a slow stub would make every subject look alike.</remarks>
internal sealed class StubServer(byte[] models) : IHttpApplication<IFeatureCollection>
{
    private static readonly byte[] s_badKey = """
        {"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}
        """u8.ToArray();

    /// <summary>Prints the base URL and serves until stdin ends.</summary>
    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Listen(IPAddress.Loopback, 0);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        using var server = new KestrelServer(Options.Create(kestrel), transport, NullLoggerFactory.Instance);
        await server.StartAsync(new StubServer(ModelList(options.Models)), CancellationToken.None);
        Console.WriteLine(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single() + "/v1");
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        return 0;
    }

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public Task ProcessRequestAsync(IFeatureCollection context)
    {
        var request = context.GetRequiredFeature<IHttpRequestFeature>();
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        var known = request.Path == "/v1/models"
            && request.Headers.Authorization.ToString().StartsWith("Bearer " + BenchKeys.Prefix, StringComparison.Ordinal);
        var body = known ? models : s_badKey;
        response.StatusCode = known ? 200 : 401;
        response.Headers.ContentType = "application/json";
        response.Headers.ContentLength = body.Length;
        return context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(body).AsTask();
    }

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    private static byte[] ModelList(int count)
    {
        var models = Enumerable.Range(1, count).Select(number => $$"""
            {"id":"stub-model-{{number:D3}}","object":"model","created":1785542400,"owned_by":"stub","shutdown_date":null}
            """);
        return Encoding.UTF8.GetBytes($$"""{"object":"list","data":[{{string.Join(',', models)}}]}""");
    }
}
