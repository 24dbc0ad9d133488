using System.Collections.Concurrent;
using KeyRotator.Demo;
using Microsoft.AspNetCore.Http;

namespace KeyRotator.EndToEnd.Support;

/// <summary>A provider that answers at once and counts how often each key is asked about.</summary>
internal sealed class CountingProvider : IAsyncDisposable
{
    private static readonly EmulatedVendor s_vendor = EmulatedVendors.Get("mistral");
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(12);
    private readonly ConcurrentDictionary<string, int> _probes = new(StringComparer.Ordinal);
    private readonly IReadOnlySet<string> _good;
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopbackServer? _server;
    private int _total;

    private CountingProvider(IReadOnlySet<string> good) => _good = good;

    public Uri BaseUrl => new(_server!.Address, s_vendor.BasePath);

    /// <summary>A key whose first answer waits until it is asked about again, or for a part of the time that a probe has; null for
    /// none.</summary>
    public string? WaitForSecond { get; set; }

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

    private async Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var key = s_vendor.ReadKey(context.Request.Headers) ?? "";
        Interlocked.Increment(ref _total);
        _probes.AddOrUpdate(key, 1, static (_, count) => count + 1);
        if (key == WaitForSecond)
        {
            _ = Probes(key) > 1 && _second.TrySetResult();
            await Task.WhenAny(_second.Task, Task.Delay(s_longestWait, TimeProvider.System, cancellationToken));
        }

        var answer = _good.Contains(key) ? s_vendor.Accepted : s_vendor.Rejected(key);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        await context.Response.WriteAsync(answer.Body, cancellationToken);
    }
}
