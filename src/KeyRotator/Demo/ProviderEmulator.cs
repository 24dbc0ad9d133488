using System.Collections.Concurrent;
using System.Globalization;

namespace KeyRotator.Demo;

/// <summary>A loopback server that knows some keys and answers their models calls as the vendors do.</summary>
/// <remarks>Every other key gets the bad-key answer. Emulated are <c>mistral</c>, <c>openai</c>, <c>anthropic</c> and <c>gemini</c>,
/// each under a path of its own.</remarks>
internal sealed class ProviderEmulator : IAsyncDisposable
{
    private static readonly EmulatedAnswer s_notFound = new(404, "Not Found") { ContentType = "text/plain" };
    private static readonly EmulatedAnswer s_outage = new(503, "no healthy upstream") { ContentType = "text/plain" };

    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(string Vendor, string Key), bool> _keys = new();
    private readonly ConcurrentDictionary<string, ProviderFault> _faults = new();
    private LoopbackServer? _server;
    private int _slowCalls;

    private ProviderEmulator(TimeProvider time) => _time = time;

    /// <summary>How long a slow provider takes: longer than any probe waits.</summary>
    public static TimeSpan SlowAnswer { get; } = TimeSpan.FromMinutes(2);

    /// <summary>What a throttled provider asks for.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Listens until it is disposed.</summary>
    public static async Task<ProviderEmulator> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var emulator = new ProviderEmulator(time);
        emulator._server = await LoopbackServer.StartAsync(emulator.AnswerAsync, cancellationToken);
        return emulator;
    }

    /// <summary>Told of every answer just before it is sent, on any thread. Null for nobody.</summary>
    public Action<EmulatedCall>? Answering { get; set; }

    /// <summary>How many callers a slow provider has kept waiting so far.</summary>
    public int SlowCalls => Volatile.Read(ref _slowCalls);

    /// <summary>The base URL of an emulated provider, as that vendor's SDK takes it.</summary>
    public Uri BaseUrl(string provider) => new(_server!.Address, EmulatedVendors.Get(provider).BasePath);

    /// <summary>Makes a key good, also one that was revoked.</summary>
    public void AddKey(string provider, string value) => _keys[(EmulatedVendors.Get(provider).Kind, value)] = true;

    /// <summary>Makes a key bad, from the next request on.</summary>
    public void Revoke(string provider, string value) => _keys.TryRemove((EmulatedVendors.Get(provider).Kind, value), out _);

    /// <summary>Sets or, with <see cref="ProviderFault.None"/>, mends what is wrong with a provider.</summary>
    public void Break(string provider, ProviderFault fault) => _faults[EmulatedVendors.Get(provider).Kind] = fault;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var vendor = EmulatedVendors.All.FirstOrDefault(candidate => request.Path == candidate.BasePath + candidate.ModelsPath);
        if (vendor is null || !HttpMethods.IsGet(request.Method))
        {
            await SendAsync(context.Response, s_notFound, cancellationToken);
            return;
        }

        var fault = _faults.GetValueOrDefault(vendor.Kind);
        if (fault is ProviderFault.Slow)
        {
            Interlocked.Increment(ref _slowCalls);
            await Task.Delay(SlowAnswer, _time, cancellationToken);
        }

        var answer = Judge(vendor, fault, vendor.ReadKey(request.Headers) ?? "");
        Answering?.Invoke(new EmulatedCall(_time.GetUtcNow(), vendor.Kind, answer.Status, context.Connection.RemotePort));
        await SendAsync(context.Response, answer, cancellationToken);
    }

    private EmulatedAnswer Judge(EmulatedVendor vendor, ProviderFault fault, string key) => fault switch
    {
        ProviderFault.Outage => s_outage,
        ProviderFault.RejectsAll => vendor.Rejected(key),
        ProviderFault.Throttled => new EmulatedAnswer(429, vendor.ThrottledBody)
        {
            Headers = new Dictionary<string, string> { ["Retry-After"] = RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture) },
        },
        _ => _keys.ContainsKey((vendor.Kind, key)) ? vendor.Accepted : vendor.Rejected(key),
    };

    private static async Task SendAsync(HttpResponse response, EmulatedAnswer answer, CancellationToken cancellationToken)
    {
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        await response.WriteAsync(answer.Body, cancellationToken);
    }
}

/// <summary>One models call, as its provider sees it.</summary>
/// <param name="At">When it was answered (UTC).</param>
/// <param name="Provider">Who answered.</param>
/// <param name="Status">HTTP status of the answer.</param>
/// <param name="Port">The caller's port: another one is another connection.</param>
internal sealed record EmulatedCall(DateTimeOffset At, string Provider, int Status, int Port);
