using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Cli;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>What <c>rotate --dry-run</c> says a store is asked is what it is asked.</summary>
public sealed class WritePlansTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Aws_Calls_AreThePlans()
    {
        await using var stores = new TrialStores();
        var (store, fake) = await stores.AwsAsync();
        fake.Add("llm", "old");
        await ReplaceAsync(store, stores, null);
        fake.Actions.ShouldBe(CallsOf("aws", store, null));
    }

    [Fact]
    public async Task Gcp_Calls_AreThePlans()
    {
        await using var stores = new TrialStores();
        var (store, fake) = await stores.GcpAsync();
        await PutAsync(store, stores, null);
        var before = fake.Requests.Count;
        await ReplaceAsync(store, stores, null);
        fake.Requests.Skip(before).Select(GcpMethod).ShouldBe(CallsOf("gcp", store, null));
    }

    [Fact]
    public async Task Vault_Calls_AreThePlans()
    {
        await using var stores = new TrialStores();
        var (store, fake) = await stores.VaultAsync();
        await PutAsync(store, stores, "key");
        var before = fake.Requests.Count;
        await ReplaceAsync(store, stores, "key");
        fake.Requests.Skip(before).Select(VaultMethod)
            .ShouldBe(CallsOf("vault", store, "key"));
    }

    [Fact]
    public async Task Kubernetes_Calls_AreThePlans()
    {
        await using var stores = new TrialStores();
        var (store, fake) = await stores.KubernetesAsync();
        await PutAsync(store, stores, "key");
        var before = fake.Requests.Count;
        await ReplaceAsync(store, stores, "key");
        fake.Requests.Skip(before).Select(request => request.Method.ToLowerInvariant()).ShouldBe(CallsOf("kubernetes", store, "key"));
    }

    [Fact]
    public async Task GcpWithAnAlias_Calls_AreThePlans()
    {
        await using var stores = new TrialStores();
        var (store, fake) = await stores.GcpAliasAsync();
        await PutAsync(store, stores, null);
        var before = fake.Requests.Count;
        await ReplaceAsync(store, stores, null);
        fake.Requests.Skip(before).Select(GcpMethod).ShouldBe(CallsOf("gcp", store, null));
    }

    [Fact]
    public async Task VaultWithoutAField_Calls_AreThePlans()
    {
        await using var stores = new TrialStores();
        var (store, fake) = await stores.VaultAsync();
        await PutAsync(store, stores, null);
        var before = fake.Requests.Count;
        await ReplaceAsync(store, stores, null);
        fake.Requests.Skip(before).Select(VaultMethod).ShouldBe(CallsOf("vault", store, null));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("key")]
    public async Task VaultOfVersionOne_Calls_AreThePlans(string? field)
    {
        await using var stores = new TrialStores();
        var (store, fake) = await stores.VaultAsync(options => options with { EngineVersion = 1 });
        fake.EngineVersion = 1;
        await PutAsync(store, stores, field);
        var before = fake.Requests.Count;
        await ReplaceAsync(store, stores, field);
        fake.Requests.Skip(before).Select(VaultMethod).ShouldBe(CallsOf("vault", store, field));
    }

    [Fact]
    public async Task Azure_Calls_AreThePlans()
    {
        await using var stores = new TrialStores();
        var (store, fake) = await stores.AzureAsync();
        await PutAsync(store, stores, null);
        var before = fake.Requests.Count;
        await ReplaceAsync(store, stores, null);
        fake.Requests.Skip(before).Select(AzureMethod).ShouldBe(CallsOf("azure", store, null));
    }

    [Theory]
    [InlineData("aws", "secretsmanager:CreateSecret")]
    [InlineData("gcp", "secretmanager.secrets.create")]
    [InlineData("kubernetes", "secrets: get, patch, create")]
    public async Task Of_SecretThatIsAbsent_NeedsToMakeItAndPromisesNoCalls(string kind, string permission)
    {
        await using var stores = new TrialStores();
        var (store, _) = await stores.AwsAsync();

        var plan = WritePlans.Of(kind, store, At(store, null), isThere: false, purges: false);

        plan.Calls.ShouldBeNull();
        plan.Permissions.ShouldContain(permission);
    }

    [Theory]
    [InlineData("gcp", "secretmanager.versions.destroy")]
    [InlineData("vault", "destroy/llm: update")]
    public async Task Of_KeyThatIsPurged_NeedsToDestroy(string kind, string permission)
    {
        await using var stores = new TrialStores();
        var (store, _) = await stores.VaultAsync();

        WritePlans.Of(kind, store, At(store, "key"), isThere: true, purges: true).Permissions.ShouldContain(permission);
        WritePlans.Of(kind, store, At(store, "key"), isThere: true, purges: false).Permissions.ShouldNotContain(permission);
    }

    private static IReadOnlyList<string>? CallsOf(string kind, ISecretStore store, string? field) =>
        WritePlans.Of(kind, store, At(store, field), isThere: true, purges: false).Calls;

    private static string VaultMethod(FakeRequest request) => $"{request.Method} {request.Path["/v1/secret/".Length..]}";

    private static string AzureMethod(FakeRequest request) => (request.Method, request.Path.Trim('/').Split('/')) switch
    {
        ("GET", [_, _, "versions"]) => "list versions",
        ("GET", [_, _]) => "get",
        ("GET", [_, _, _]) => "get version",
        ("GET", ["deletedsecrets", ..]) => "get deleted",
        ("PUT", _) => "set",
        ("PATCH", _) => "update",
        var other => $"{other.Method} {request.Path}",
    };

    private static string GcpMethod(FakeRequest request) => (request.Method, request.Path) switch
    {
        ("GET", var path) when path.EndsWith(":access", StringComparison.Ordinal) => "AccessSecretVersion",
        ("GET", var path) when path.EndsWith("/versions", StringComparison.Ordinal) => "ListSecretVersions",
        ("GET", var path) when path.Contains("/versions/", StringComparison.Ordinal) => "GetSecretVersion",
        ("GET", _) => "GetSecret",
        ("PATCH", _) => "UpdateSecret",
        (_, var path) when path.EndsWith(":addVersion", StringComparison.Ordinal) => "AddSecretVersion",
        var other => other.ToString(),
    };

    private static SecretLocation At(ISecretStore store, string? field) => new() { Store = store.Name, Name = "llm", Field = field };

    private static Task<SecretVersion?> PutAsync(ISecretStore store, TrialStores stores, string? field) => Drive.UntilDone(
        ((IWritableSecretStore)store).WriteAsync(
            new SecretWrite(At(store, field), new SecretValue("old"), null, Guid.NewGuid()), Token),
        stores.Clock);

    // As a rotation does it for one location: look, write (or stage, look, promote), look.
    private static Task ReplaceAsync(ISecretStore store, TrialStores stores, string? field) =>
        Drive.UntilDone(ReplaceAsync(store, At(store, field)), stores.Clock);

    private static async Task ReplaceAsync(ISecretStore store, SecretLocation location)
    {
        var seen = await store.ReadAsync(location, null, Token);
        var write = new SecretWrite(location, new SecretValue("new"), seen!.Version, Guid.NewGuid());
        if (store is IStagingSecretStore { Capabilities.CanStage: true } staging)
        {
            var staged = await staging.StageAsync(write, Token);
            await store.ReadAsync(location, staged, Token);
            if (store is ISecretPinning pinning and ISecretDescriber describer)
            {
                await describer.DescribeAsync(location, Token);
                await pinning.PinAsync(location, seen.Version!.Value, "pin", Token);
            }

            await staging.PromoteAsync(location, staged, seen.Version!.Value, Token);
        }
        else
        {
            await ((IWritableSecretStore)store).WriteAsync(write, Token);
        }

        (await store.ReadAsync(location, null, Token))!.Value.Reveal().ShouldBe("new");
        if (store is ISecretTagging { Capabilities.KeepsTags: true } tagging)
        {
            await tagging.TagAsync(location, new Dictionary<string, string?> { ["keyrotator-installation"] = "it" }, Token);
        }
    }
}
