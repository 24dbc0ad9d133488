using Amazon.Runtime;
using KeyRotator.Cli;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Configuration;
using KeyRotator.Tests.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>Stores over fakes, and what <c>stores test</c> says of them.</summary>
internal sealed class TrialStores : IAsyncDisposable
{
    private readonly Shell _shell = new();
    private readonly List<FakeStoreServer> _fakes = [];

    /// <summary>The clock of stores and test.</summary>
    public ManualClock Clock => _shell.Clock;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _shell.Dispose();
        foreach (var fake in _fakes)
        {
            await fake.DisposeAsync();
        }
    }

    /// <summary>The one step that fails.</summary>
    public async Task<(string Name, string Message)> FailureAsync(ISecretStore store, string name = "llm", string? field = null)
    {
        var failed = (await StepsAsync(store, name, field)).Where(step => !step.Passed).ShouldHaveSingleItem();
        return (failed.Name, failed.Message);
    }

    /// <summary>All steps for a store in which one location is declared.</summary>
    public Task<IReadOnlyList<StoreTestStep>> StepsAsync(
        ISecretStore store, string name = "llm", string? field = null, DiscoverSettings? discover = null)
    {
        var location = new SecretLocation { Store = store.Name, Name = name, Field = field };
        var declared = SettingsFolder.Good("""
            stores: { env: { kind: env } }
            keys: { a: { provider: openai, locations: [{ store: env, name: A }] } }
            """);
        var settings = declared with
        {
            Keys = [declared.Keys[0] with { Locations = [location] }],
            Stores = new Dictionary<string, StoreSettings>
            {
                [store.Name] = new() { Name = store.Name, Kind = "any", Discover = discover },
            },
        };
        return Drive.UntilDone(new StoreTrial(_shell.Context, settings).RunAsync(store, Token), Clock);
    }

    /// <summary>A file that holds one secret.</summary>
    public async Task<FileStore> FileAsync(string name, string text)
    {
        var path = Path.Combine(_shell.Directory, $"{Guid.NewGuid():N}.enc");
        var store = new FileStore("local", path, FileStoreKey.FromPassphrase(new SecretValue("passphrase")), TimeProvider.System);
        var location = new SecretLocation { Store = "local", Name = name };
        await store.WriteAsync(new(location, new SecretValue(text), null, Guid.NewGuid()), Token);
        return store;
    }

    public async Task<(AwsSecretsManagerStore Store, AwsSecretsManagerFake Fake)> AwsAsync(
        string region = AwsSecretsManagerFake.Region)
    {
        var fake = await StartAsync(new AwsSecretsManagerFake());
        var options = new AwsStoreOptions { Address = fake.Address, Region = region };
        var keys = new BasicAWSCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        var settings = new StoreSettings { Name = "remote", Kind = "aws", Options = options };
        return (new(settings, Clock, new(options, _ => null, Clock, keys)), fake);
    }

    public async Task<(GcpSecretManagerStore Store, GcpFake Fake)> GcpAsync(string project = GcpFake.Project)
    {
        var fake = await StartAsync(new GcpFake());
        return (Gcp.Connect(fake, _shell.Clock, Gcp.Plain with { Project = project }), fake);
    }

    public async Task<(GcpSecretManagerStore Store, GcpFake Fake)> GcpAliasAsync()
    {
        var fake = await StartAsync(new GcpFake());
        return (Gcp.Connect(fake, _shell.Clock, Gcp.WithAlias), fake);
    }

    public async Task<(AzureKeyVaultStore Store, AzureKeyVaultFake Fake)> AzureAsync()
    {
        var fake = await StartAsync(AzureVaults.Fake(new Dictionary<string, string>()));
        return (AzureVaults.Connect(fake, _shell.Clock), fake);
    }

    public async Task<(VaultStore Store, VaultFake Fake)> VaultAsync(
        Func<VaultStoreOptions, VaultStoreOptions>? change = null)
    {
        var fake = await StartAsync(new VaultFake());
        return (VaultStores.Connect(fake, _shell.Clock, change), fake);
    }

    public async Task<(ISecretStore Store, KubernetesFake Fake)> KubernetesAsync()
    {
        var fake = await StartAsync(new KubernetesFake());
        _shell.Write("kubeconfig", $$"""
            current-context: test
            clusters: [{ name: c, cluster: { server: "{{fake.Address}}" } }]
            users: [{ name: u, user: { token: {{KubernetesFake.Token}} } }]
            contexts: [{ name: test, context: { cluster: c, user: u, namespace: {{KubernetesFake.Namespace}} } }]
            """);
        var options = new KubernetesStoreOptions { Kubeconfig = Path.Combine(_shell.Directory, "kubeconfig") };
        return (SecretStores.Create(new() { Name = "cluster", Kind = "kubernetes", Options = options }, _shell.Clock), fake);
    }

    private async Task<T> StartAsync<T>(T fake)
        where T : FakeStoreServer
    {
        _fakes.Add(fake);
        await fake.StartAsync(Token);
        fake.Clock = Clock.GetUtcNow();
        return fake;
    }
}
