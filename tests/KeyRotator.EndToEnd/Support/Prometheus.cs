using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.EndToEnd.Support;

/// <summary>Prometheus as no one here wrote it, on loopback, scraping one process every two seconds; and its tool.</summary>
internal sealed class Prometheus : IAsyncDisposable
{
    private const string PathVariable = "KEYROTATOR_PROMETHEUS";
    private const string Advice =
        $"{PathVariable} names no file with promtool beside it. Get both with: apt-get install prometheus; "
        + $"then set {PathVariable}=/usr/bin/prometheus";

    private static readonly TimeSpan s_toolBound = TimeSpan.FromMinutes(1);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly Uri _address;

    private Prometheus(DirectoryInfo folder, Process process, Uri address) => (_folder, _process, _address) = (folder, process, address);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts it, or skips the test where it is not there; where peers are required, fails.</summary>
    /// <param name="target">Host and port of what is scraped.</param>
    public static async Task<Prometheus> StartAsync(string target)
    {
        var path = Locate();
        var folder = Directory.CreateTempSubdirectory("keyrotator-prometheus-");
        var port = FreePort.Find();
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "prometheus.yml"),
            $$"""
            global: { scrape_interval: 2s, scrape_timeout: 2s }
            scrape_configs: [{ job_name: keyrotator, static_configs: [{ targets: ["{{target}}"] }] }]
            """,
            Token);
        var process = Run(
            path,
            $"--config.file={folder.FullName}/prometheus.yml", $"--storage.tsdb.path={folder.FullName}/data",
            $"--web.listen-address=127.0.0.1:{port}");
        var peer = new Prometheus(folder, process, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await Eventually.TrueAsync(peer.IsScrapingAsync, "Prometheus scrapes", Token);
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }

        return peer;
    }

    /// <summary>Runs promtool with a text on its standard input; gives how it ended and all that it printed.</summary>
    public static async Task<Ended> ToolAsync(string input, params string[] arguments)
    {
        using var process = Run(Path.Combine(Path.GetDirectoryName(Locate())!, "promtool"), arguments);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Token);
        bound.CancelAfter(s_toolBound);
        var texts = Task.WhenAll(process.StandardOutput.ReadToEndAsync(bound.Token), process.StandardError.ReadToEndAsync(bound.Token));
        await process.StandardInput.WriteAsync(input.AsMemory(), bound.Token);
        process.StandardInput.Close();
        var read = await texts;
        await process.WaitForExitAsync(bound.Token);
        return new(process.ExitCode, read[0], read[1]);
    }

    /// <summary>The values that a query gives now, by the labels of their series.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refuses the query.</exception>
    public async Task<IReadOnlyDictionary<string, double>> QueryAsync(string query)
    {
        using var form = new FormUrlEncodedContent([new("query", query)]);
        using var answer = await _http.PostAsync(new Uri(_address, "/api/v1/query"), form, Token);
        var root = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Token));
        return answer.IsSuccessStatusCode
            ? root.GetProperty("data").GetProperty("result").EnumerateArray().ToDictionary(
                series => series.GetProperty("metric").GetRawText(),
                series => double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"{query}: {root}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> IsScrapingAsync()
    {
        try
        {
            return (await QueryAsync("count_over_time(up[1m]) >= 2 and up == 1")).Count == 1;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static Process Run(string path, params string[] arguments)
    {
        var isServer = Path.GetFileName(path) != "promtool";
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        if (isServer)
        {
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        return process;
    }

    private static string Locate()
    {
        var path = Environment.GetEnvironmentVariable(PathVariable);
        if (path is not null && File.Exists(path) && File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "promtool")))
        {
            return path;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
        throw new InvalidOperationException(Advice);
    }
}
