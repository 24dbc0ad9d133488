using Amazon.Runtime;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Stores.Auth;

namespace KeyRotator.Benchmarks;

/// <summary>Reads every secret of a store as a pass reads it: one batch after the other; what goes on side by side is within the
/// store.</summary>
internal sealed class StoreSubject(ISecretStore store) : ISubject
{
    private int _accepted;

    public static IReadOnlyDictionary<string, Func<BenchmarkOptions, Task<ISubject>>> Loaders { get; } =
        new Dictionary<string, Func<BenchmarkOptions, Task<ISubject>>>
        {
            ["aws"] = options => Of(Aws(options)),
            ["gcp"] = options => Of(Gcp(options)),
            ["vault"] = options => Of(Vault(options)),
        };

    public double CpuSeconds() => ProcessFigures.OwnCpuSeconds();

    public async Task RunAsync(int keys)
    {
        _accepted = 0;
        var batches = (IBatchSecretReader)store;
        foreach (var numbers in Enumerable.Range(1, keys).Chunk(batches.BatchSize))
        {
            SecretLocation[] locations = [.. numbers.Select(At)];
            var readings = await batches.ReadManyAsync(locations, CancellationToken.None);
            _accepted += readings.Zip(numbers).Count(pair => pair.First.Secret?.Value.Reveal() == BenchKeys.Create(pair.Second));
        }
    }

    public Task<int> AcceptedAsync() => Task.FromResult(_accepted);

    public ValueTask DisposeAsync()
    {
        (store as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    private SecretLocation At(int number) => new() { Store = store.Name, Name = StoreFolder.Name(number) };

    private static Task<ISubject> Of(ISecretStore store) => Task.FromResult<ISubject>(new StoreSubject(store));

    private static AwsSecretsManagerStore Aws(BenchmarkOptions given)
    {
        var options = new AwsStoreOptions { Address = new Uri(given.Text("url")!), Region = StoreStub.Region };
        var keys = new BasicAWSCredentials("AKIDEXAMPLE", "made-up-for-a-benchmark");
        return new(SettingsOf("aws", options), TimeProvider.System, new AwsAccess(options, _ => null, TimeProvider.System, keys));
    }

    private static GcpSecretManagerStore Gcp(BenchmarkOptions given)
    {
        var options = new GcpStoreOptions { Address = new Uri(given.Text("url")!), Project = StoreStub.Project };
        return GcpSecretManagerStore.Create(SettingsOf("gcp", options), TimeProvider.System, new MadeUpToken());
    }

    private static VaultStore Vault(BenchmarkOptions given)
    {
        var options = new VaultStoreOptions
        {
            Address = new Uri(given.Text("url")!),
            Mount = StoreStub.Mount,
            EngineVersion = 2,
            Token = new SecretValue("hvs.made-up"),
        };
        return new(SettingsOf("vault", options), TimeProvider.System, _ => null);
    }

    private static StoreSettings SettingsOf(string kind, StoreOptions options) => new() { Name = kind, Kind = kind, Options = options };

    private sealed class MadeUpToken : IGcpTokenSource
    {
        public Task<GcpToken> TokenAsync(string? refused, CancellationToken cancellationToken) =>
            Task.FromResult(new GcpToken("ya29.made-up", "nobody"));
    }
}
