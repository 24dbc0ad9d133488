using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.EndToEnd.Support;

/// <summary><c>keyrotator run</c>, from its first answer on.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Uri _address;

    private Service(Keyrotator process, Uri address) => (Process, _address) = (process, address);

    public Keyrotator Process { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>That of a site, once it has begun its work.</summary>
    public static async Task<Service> StartAsync(Site site, params string[] options)
    {
        var service = await StartAsync(arguments => site.Start([.. arguments, .. options]));
        try
        {
            await Eventually.TrueAsync(service.HasBegunAsync, "the service has begun its work", Token);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>One of a site of another kind, which may still wait for its database.</summary>
    /// <param name="start">Starts the program with arguments.</param>
    public static async Task<Service> StartAsync(Func<string[], Keyrotator> start)
    {
        var port = FreePort.Find();
        var service = new Service(start(["run", "--listen", $"127.0.0.1:{port}"]), new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await Eventually.TrueAsync(service.IsAliveAsync, "the service is alive", Token);
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }

        return service;
    }

    /// <summary>Host and port.</summary>
    public string Target => _address.Authority;

    /// <summary>Media type and text of an answer to who accepts these.</summary>
    public async Task<(string? Type, string Text)> AskAsync(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, path));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await _http.SendAsync(request, Token);
        return (answer.Content.Headers.ContentType?.ToString(), await answer.Content.ReadAsStringAsync(Token));
    }

    /// <summary>Status and text of an answer.</summary>
    public async Task<string> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(_address, path), Token);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}";
    }

    private async Task<bool> HasBegunAsync() =>
        (await GetAsync("/readyz")).StartsWith("200", StringComparison.Ordinal);

    /// <summary>Asks it to stop, as Kubernetes does.</summary>
    public async Task<Ended> StopAsync()
    {
        await Process.SignalAsync("TERM", Token);
        return await Process.EndAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _http.Dispose();
    }

    private async Task<bool> IsAliveAsync()
    {
        try
        {
            return (await GetAsync("/livez")).StartsWith("200", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
