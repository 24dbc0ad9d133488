using System.Net;
using System.Text;

namespace KeyRotator.Tests.Support;

/// <summary>The far end of a sender, without a network: answers by its script and records what was asked. The last step repeats.</summary>
internal sealed class ScriptedHttp : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly List<Func<RecordedRequest, CancellationToken, Task<HttpResponseMessage>>> _steps = [];
    private readonly List<RecordedRequest> _requests = [];

    /// <summary>What was asked so far, oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>A sender for the code under test. Disposing it leaves the script as it is.</summary>
    public HttpMessageInvoker Invoker() => new(this, disposeHandler: false);

    public ScriptedHttp Answer(
        int status, string body = "", string mediaType = "application/json", params (string Name, string Value)[] headers) =>
        Answer(_ => Message(status, body, mediaType, headers));

    public ScriptedHttp Answer(Func<RecordedRequest, HttpResponseMessage> answer) => Then((request, _) => Task.FromResult(answer(request)));

    public ScriptedHttp Fault(Exception fault) => Then((_, _) => Task.FromException<HttpResponseMessage>(fault));

    /// <summary>No answer until the caller gives up.</summary>
    public ScriptedHttp Hang() => Then(async (_, cancellationToken) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return new HttpResponseMessage();
    });

    public ScriptedHttp Then(Func<RecordedRequest, CancellationToken, Task<HttpResponseMessage>> step)
    {
        _steps.Add(step);
        return this;
    }

    public static HttpResponseMessage Message(
        int status, string body = "", string mediaType = "application/json", params (string Name, string Value)[] headers)
    {
        var message = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        message.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        foreach (var (name, value) in headers)
        {
            _ = message.Headers.TryAddWithoutValidation(name, value) || message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var recorded = await RecordedRequest.OfAsync(request, cancellationToken);
        Func<RecordedRequest, CancellationToken, Task<HttpResponseMessage>> step;
        lock (_lock)
        {
            step = _steps[Math.Min(_requests.Count, _steps.Count - 1)];
            _requests.Add(recorded);
        }

        var message = await step(recorded, cancellationToken);
        message.RequestMessage = request;
        return message;
    }
}

/// <summary>One request as it was sent: with its content headers, and several values of one name joined by a comma.</summary>
internal sealed record RecordedRequest(HttpMethod Method, Uri Url, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public static async Task<RecordedRequest> OfAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []))
        {
            headers[name] = string.Join(",", values);
        }

        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        return new RecordedRequest(request.Method, request.RequestUri!, headers, body);
    }
}
