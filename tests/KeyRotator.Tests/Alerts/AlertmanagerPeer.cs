using System.Diagnostics;
using System.Text.Json;
using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>Alertmanager as no one here wrote it, on loopback, with a receiver of its notifications.</summary>
internal sealed class AlertmanagerPeer : IAsyncDisposable
{
    private const string PathVariable = "KEYROTATOR_ALERTMANAGER";
    private const string Advice =
        $"{PathVariable} names no file. Get it with: apt-get install prometheus-alertmanager; "
        + $"then set {PathVariable}=/usr/bin/prometheus-alertmanager";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly TempFolder _folder = new();
    private readonly HostileServer _receiver = HostileServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    private Process? _process;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:9");

    /// <summary>What its receiver got, oldest first: the status of the whole and <c>alertname key=status</c> of each alert.</summary>
    public IReadOnlyList<string> Notifications => [.. _receiver.Requests.Select(Notification)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts it; skips the test where it is not there. Where peers are required, fails.</summary>
    public static async Task<AlertmanagerPeer> StartAsync()
    {
        var path = Locate();
        var peer = new AlertmanagerPeer();
        await peer.StartAsync(path);
        return peer;
    }

    /// <summary>The alerts it holds as active: their labels, in the order of alert name and key.</summary>
    public async Task<IReadOnlyList<JsonElement>> ActiveAsync()
    {
        using var answer = await _http.GetAsync(new Uri(Address, "/am/api/v2/alerts?active=true"), Token);
        var alerts = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Token));
        return [.. alerts.EnumerateArray().OrderBy(NameOf, StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<string>> ActiveNamesAsync() => [.. (await ActiveAsync()).Select(NameOf)];

    /// <summary>The groups it makes: the labels in common and how many alerts.</summary>
    public async Task<IReadOnlyList<string>> GroupsAsync()
    {
        using var answer = await _http.GetAsync(new Uri(Address, "/am/api/v2/alerts/groups"), Token);
        return
        [
            .. JsonElement.Parse(await answer.Content.ReadAsStringAsync(Token)).EnumerateArray()
                .Select(group => $"{group.GetProperty("labels").GetProperty("alertname")}: {group.GetProperty("alerts").GetArrayLength()}")
                .Order(StringComparer.Ordinal),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        _http.Dispose();
        await _receiver.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAsync(string path)
    {
        await File.WriteAllTextAsync(_folder["am.yml"],
            $$"""
            route: { receiver: hook, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h }
            receivers: [{ name: hook, webhook_configs: [{ url: "http://127.0.0.1:{{_receiver.Port}}/", send_resolved: true }] }]
            """, Token);
        var port = FreePort.Find();
        Address = new($"http://127.0.0.1:{port}");
        var start = new ProcessStartInfo(path,
        [
            $"--config.file={_folder["am.yml"]}", $"--storage.path={_folder.Path}", $"--web.listen-address=127.0.0.1:{port}",
            "--web.route-prefix=/am", "--cluster.listen-address=",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        while (!await IsReadyAsync())
        {
            Assert.False(_process.HasExited, $"{path} did not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Address, "/am/-/ready"), Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string NameOf(JsonElement alert)
    {
        var labels = alert.GetProperty("labels");
        return $"{labels.GetProperty("alertname")} {labels.GetProperty("key")} {labels.GetProperty("severity")}";
    }

    private static string Notification(string request)
    {
        var body = JsonElement.Parse(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        var alerts = body.GetProperty("alerts").EnumerateArray()
            .Select(alert => $"{NameOf(alert)}={alert.GetProperty("status")}").Order(StringComparer.Ordinal);
        return $"{body.GetProperty("status")}: {string.Join(", ", alerts)}";
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
}
