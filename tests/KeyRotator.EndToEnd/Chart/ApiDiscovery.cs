using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using KeyRotator.EndToEnd.Support;
using KeyRotator.Tests.Support;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>As much of an API server as kubectl asks for before a dry run on its own side: which kinds there are.</summary>
/// <remarks>A real one is not to be had here. Source: kubernetes.io/docs/concepts/overview/kubernetes-api (discovery), read
/// 2026-11.</remarks>
internal sealed class ApiDiscovery : IAsyncDisposable
{
    private static readonly Dictionary<string, string[]> s_kinds = new()
    {
        ["v1"] = ["Pod", "ConfigMap", "Service", "ServiceAccount", "PersistentVolumeClaim", "Namespace"],
        ["apps/v1"] = ["Deployment"],
        ["batch/v1"] = ["CronJob"],
        ["monitoring.coreos.com/v1"] = ["ServiceMonitor", "PrometheusRule"],
        ["networking.k8s.io/v1"] = ["NetworkPolicy"],
        ["policy/v1"] = ["PodDisruptionBudget"],
        ["rbac.authorization.k8s.io/v1"] = ["Role", "RoleBinding"],
    };

    private readonly HttpListener _listener = new();
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("keyrotator-kubectl-");
    private readonly Task _serving;

    public ApiDiscovery()
    {
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where it answers.</summary>
    public string Address { get; } = $"http://127.0.0.1:{FreePort.Find()}";

    /// <summary>Runs kubectl against it.</summary>
    public Task<Ended> KubectlAsync(params string[] arguments) =>
        Tool.RunAsync(Tool.Kubectl, ["--server", Address, "--cache-dir", _cache.FullName, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        _cache.Delete(recursive: true);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var call = await _listener.GetContextAsync();
                var answer = Answer(call.Request.Url!.AbsolutePath);
                call.Response.StatusCode = answer is null ? 404 : 200;
                call.Response.ContentType = "application/json";
                call.Response.Close(Encoding.UTF8.GetBytes(answer?.ToJsonString() ?? "{}"), willBlock: false);
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
        {
            // Closed: the test is over.
        }
    }

    private static JsonObject? Answer(string path) => path switch
    {
        "/version" => new() { ["major"] = "1", ["minor"] = "36", ["gitVersion"] = "v1.36.0" },
        "/api" => new() { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
        "/apis" => new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. s_kinds.Keys.Where(version => version != "v1").Select(Group)]),
        },
        _ when path.Split('/', 3) is [_, "api" or "apis", var version] && s_kinds.TryGetValue(version, out var kinds) => new()
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = version,
            ["resources"] = new JsonArray([.. kinds.Select(Resource)]),
        },
        _ => null,
    };

    private static JsonObject Group(string version)
    {
        JsonObject Versions() => new() { ["groupVersion"] = version, ["version"] = version.Split('/')[1] };
        return new() { ["name"] = version.Split('/')[0], ["versions"] = new JsonArray(Versions()), ["preferredVersion"] = Versions() };
    }

    private static JsonObject Resource(string kind)
    {
        var name = kind.ToLowerInvariant();
        return new()
        {
            ["name"] = name.EndsWith('y') ? $"{name[..^1]}ies" : $"{name}s",
            ["singularName"] = name,
            ["namespaced"] = kind != "Namespace",
            ["kind"] = kind,
            ["verbs"] = new JsonArray("create", "get"),
        };
    }
}
