using System.Collections.Concurrent;
using KeyRotator.Demo;
using Microsoft.AspNetCore.Http;

namespace KeyRotator.EndToEnd.Support;

/// <summary>A provider that answers at once and counts how often each key is asked about.</summary>
internal sealed class CountingProvider : IAsyncDisposable
{
    private static readonly EmulatedVendor s_vendor = EmulatedVendors.Get("mistral");
    private readonly ConcurrentDictionary<string, int> _probes = new(StringComparer.Ordinal);
    private readonly IReadOnlySet<string> _good;
    private LoopbackServer? _server;
    private int _total;

    private CountingProvider(IReadOnlySet<string> good) => _good = good;

    public Uri BaseUrl => new(_server!.Address, s_vendor.BasePath);

    /// <summary>How often it was asked.</summary>
    public int Total => Volatile.Read(ref _total);

    public static async Task<CountingProvider> StartAsync(IReadOnlySet<string> good, CancellationToken cancellationToken)
    {
        var provider = new CountingProvider(good);
        provider._server = await LoopbackServer.StartAsync(provider.AnswerAsync, cancellationToken);
        return provider;
    }

    /// <summary>How often it was asked about a key.</summary>
    public int Probes(string key) => _probes.GetValueOrDefault(key);

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var key = s_vendor.ReadKey(context.Request.Headers) ?? "";
        Interlocked.Increment(ref _total);
        _probes.AddOrUpdate(key, 1, static (_, count) => count + 1);
        var answer = _good.Contains(key) ? s_vendor.Accepted : s_vendor.Rejected(key);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        return context.Response.WriteAsync(answer.Body, cancellationToken);
    }
}
