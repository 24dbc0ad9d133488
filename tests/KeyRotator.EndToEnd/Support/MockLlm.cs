using System.Diagnostics;
using System.Net.Http.Json;
using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.EndToEnd.Support;

/// <summary>A mock LLM server that no one here wrote: npm's <c>@dwmkerr/mock-llm</c>.</summary>
internal sealed class MockLlm : IAsyncDisposable
{
    private const string PathVariable = "KEYROTATOR_MOCK_LLM";
    private const string Advice =
        $"{PathVariable} names no file. Get it with: npm install --prefix DIR @dwmkerr/mock-llm@0.1.29; then set {PathVariable}=DIR/node_modules/@dwmkerr/mock-llm/dist/main.js";

    private const string Models = """{"object":"list","data":[{"id":"gpt-5.2","object":"model","owned_by":"openai"}]}""";
    private const string BadKey =
        """{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Process _process;

    private MockLlm(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts it, or skips the test where it is not there; where peers are required, fails.</summary>
    public static async Task<MockLlm> StartAsync(string folder)
    {
        var port = FreePort.Find();
        var start = new ProcessStartInfo(
            "node", [Locate()])
        { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOST"] = "127.0.0.1";
        start.Environment["PORT"] = $"{port}";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var mock = new MockLlm(process, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await Eventually.TrueAsync(mock.IsReadyAsync, "mock-llm answers", Token);
        }
        catch
        {
            await mock.DisposeAsync();
            throw;
        }

        return mock;
    }

    /// <summary>From now on these keys are good, and no others.</summary>
    public async Task AcceptAsync(params string[] keys)
    {
        var refuse = new { path = "^/v1/models", response = new { status = 401, content = BadKey } };
        var accept = keys.Select(key => new { path = "^/v1/models", match = $"headers.authorization == 'Bearer {key}'", response = new { status = 200, content = Models } });
        using var answer = await _http.PostAsJsonAsync(new Uri(Address, "/config"), new { rules = accept.Prepend<object>(refuse) }, Token);
        Assert.True(answer.IsSuccessStatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _http.Dispose();
    }

    private static string Locate()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { } path && File.Exists(path))
        {
            return path;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
        throw new InvalidOperationException(Advice);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Address, "/ready"), Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
