using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using KeyRotator.Demo;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KeyRotator.Tests.Support;

/// <summary>What goes wrong with one request.</summary>
public enum StoreFault
{
    /// <summary>No answer comes, and nothing happens.</summary>
    Hangs = 0,

    /// <summary>The connection breaks before anything happens.</summary>
    DropsBefore,

    /// <summary>It happens, and the connection breaks before the answer.</summary>
    DropsAfter,

    /// <summary>It happens, and the answer is 503.</summary>
    FailsAfter,

    /// <summary>429, and nothing happens.</summary>
    TooManyRequests,

    /// <summary>500, and nothing happens.</summary>
    ServerError,

    /// <summary>200 with a page, as a captive portal sends it; nothing happens.</summary>
    Page,

    /// <summary>200 with JSON of another shape; nothing happens.</summary>
    OtherJson,

    /// <summary>200 with text that is no JSON; nothing happens.</summary>
    Garbage,

    /// <summary>A redirect to another host; nothing happens.</summary>
    Redirect,
}

/// <summary>A request as a fake store got it.</summary>
public sealed record FakeRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>What a fake store answers.</summary>
public sealed record FakeAnswer(int Status, string Body = "", string MediaType = "application/json")
{
    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>A store's API in this process, on loopback, one request at a time, with faults on demand.</summary>
public abstract class FakeStoreServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly SemaphoreSlim _hanging = new(0);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<(StoreFault Fault, Func<FakeRequest, bool> When)> _faults = [];
    private LoopbackServer? _server;

    /// <summary>Where it listens.</summary>
    public Uri Address => _server!.Address;

    /// <summary>Every request so far, oldest first.</summary>
    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    /// <summary>Called before each request is answered: a foreign writer's chance. It may change the fake's state.</summary>
    public Action<FakeRequest>? Before { get; set; }

    /// <summary>What the answers' Date says in place of the true time, or null.</summary>
    public DateTimeOffset? Clock { get; set; }

    /// <summary>Starts listening.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) =>
        _server = await LoopbackServer.StartAsync(AnswerAsync, cancellationToken);

    /// <summary>Has the next request for which the condition holds go wrong, once for each call.</summary>
    public void Inject(StoreFault fault, Func<FakeRequest, bool>? when = null)
    {
        lock (_faults)
        {
            _faults.Add((fault, when ?? (static _ => true)));
        }
    }

    /// <summary>Forgets faults that met no request: one that comes later is not among those of the test.</summary>
    public void ClearFaults()
    {
        lock (_faults)
        {
            _faults.Clear();
        }
    }

    /// <summary>Waits for a request that hangs.</summary>
    public Task HangsAsync(CancellationToken cancellationToken) => _hanging.WaitAsync(cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _hanging.Dispose();
        _turn.Dispose();
    }

    /// <summary>Does what is asked, as the vendor's documents say, and answers. Never called twice at once.</summary>
    protected abstract FakeAnswer Answer(FakeRequest request);

    private async Task AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellationToken);
        var headers = context.Request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new FakeRequest(
            context.Request.Method, RawPathOf(context), context.Request.QueryString.Value ?? "", headers, body.ToArray());
        _requests.Enqueue(request);
        var fault = Take(request);
        if (fault is StoreFault.Hangs)
        {
            _hanging.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        var answer = fault is null or StoreFault.DropsAfter or StoreFault.FailsAfter ? await DoAsync(request, cancellationToken) : null;
        if (fault is StoreFault.DropsBefore or StoreFault.DropsAfter)
        {
            context.Abort();
            return;
        }

        if (Clock is { } clock)
        {
            context.Response.Headers.Date = clock.ToString("R", CultureInfo.InvariantCulture);
        }

        await SendAsync(context, fault is null ? answer! : Of(fault.Value), cancellationToken);
    }

    // As it was sent: a store must see names with slashes and dots escaped as its API wants them.
    private static string RawPathOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }

    private async Task<FakeAnswer> DoAsync(FakeRequest request, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Before?.Invoke(request);
            return Answer(request);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async Task SendAsync(HttpContext context, FakeAnswer answer, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (answer.Status != StatusCodes.Status204NoContent)
        {
            context.Response.ContentType = answer.MediaType;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer.Body), cancellationToken);
        }
    }

    private static FakeAnswer Of(StoreFault fault) => fault switch
    {
        StoreFault.FailsAfter => new(503, "{}"),
        StoreFault.TooManyRequests => new(429, "{}") { Headers = new Dictionary<string, string> { ["Retry-After"] = "1" } },
        StoreFault.ServerError => new(500, "{}"),
        StoreFault.Page => new(200, "<html><body>Sign in</body></html>", "text/html"),
        StoreFault.OtherJson => new(200, """{"unexpected":["shape"]}"""),
        StoreFault.Garbage => new(200, "}{ no JSON"),
        StoreFault.Redirect => new(302) { Headers = new Dictionary<string, string> { ["Location"] = "http://127.0.0.1:9/elsewhere" } },
        _ => throw new InvalidOperationException($"{fault} has no answer."),
    };

    private StoreFault? Take(FakeRequest request)
    {
        lock (_faults)
        {
            var index = _faults.FindIndex(fault => fault.When(request));
            if (index < 0)
            {
                return null;
            }

            var fault = _faults[index].Fault;
            _faults.RemoveAt(index);
            return fault;
        }
    }
}
