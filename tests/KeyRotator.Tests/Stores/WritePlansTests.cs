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
        fake.Requests.Skip(before).Select(request => $"{request.Method} {request.Path["/v1/secret/".Length..]}")
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

    [Theory]
    [InlineData("aws", "secretsmanager:CreateSecret")]
    [InlineData("gcp", "secretmanager.secrets.create")]
    [InlineData("kubernetes", "secrets: get, patch, create")]
    public async Task Of_SecretThatIsAbsent_NeedsToMakeItAndPromisesNoCalls(string kind, string permission)
    {
        await using var stores = new TrialStores();
        var (store, _) = await stores.AwsAsync();

        var plan = WritePlans.Of(kind, store, At(store, null), isThere: false);

        plan.Calls.ShouldBeNull();
        plan.Permissions.ShouldContain(permission);
    }

    private static IReadOnlyList<string>? CallsOf(string kind, ISecretStore store, string? field) =>
        WritePlans.Of(kind, store, At(store, field), isThere: true).Calls;

    private static string GcpMethod(FakeRequest request) => (request.Method, request.Path) switch
    {
        ("GET", var path) when path.EndsWith(":access", StringComparison.Ordinal) => "AccessSecretVersion",
        ("GET", var path) when path.EndsWith("/versions", StringComparison.Ordinal) => "ListSecretVersions",
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
            await staging.PromoteAsync(location, staged, seen.Version!.Value, Token);
        }
        else
        {
            await ((IWritableSecretStore)store).WriteAsync(write, Token);
        }

        (await store.ReadAsync(location, null, Token))!.Value.Reveal().ShouldBe("new");
    }
}
