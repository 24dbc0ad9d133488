using System.Net.Http.Headers;

namespace KeyRotator.Benchmarks;

/// <summary>The least that a checker in .NET can do: send, read the body, look at the status.</summary>
internal sealed class BareSubject(string baseUrl, int concurrency) : ISubject
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
    private readonly Uri _models = new(baseUrl + "/models");
    private int _next;
    private int _accepted;

    public double CpuSeconds() => ProcessFigures.OwnCpuSeconds();

    public Task RunAsync(int keys)
    {
        _next = _accepted = 0;
        return Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => WorkAsync(keys)));
    }

    public Task<int> AcceptedAsync() => Task.FromResult(_accepted);

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WorkAsync(int keys)
    {
        while (Interlocked.Increment(ref _next) is var number && number <= keys)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _models);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", BenchKeys.Create(number));
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await answer.Content.ReadAsByteArrayAsync();
            if (answer.IsSuccessStatusCode)
            {
                Interlocked.Increment(ref _accepted);
            }
        }
    }
}
