using System.Net.Http.Headers;

namespace KeyRotator.Benchmarks;

/// <summary>What no rotation of keys in memory can do without: the provider is asked twice, on a connection of its own each time.</summary>
internal sealed class ProofSubject(string baseUrl, int concurrency) : ISubject
{
    private readonly Uri _models = new(baseUrl + "/models");
    private int _accepted;

    public double CpuSeconds() => ProcessFigures.OwnCpuSeconds();

    public Task RunAsync(int keys)
    {
        _accepted = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = concurrency };
        return Parallel.ForAsync(1, keys + 1, options, async (number, cancellationToken) =>
        {
            if (await AskAsync(number, cancellationToken) && await AskAsync(number, cancellationToken))
            {
                Interlocked.Increment(ref _accepted);
            }
        });
    }

    public Task<int> AcceptedAsync() => Task.FromResult(_accepted);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<bool> AskAsync(int number, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, _models);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", BenchKeys.Create(number));
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return answer.IsSuccessStatusCode;
    }
}
