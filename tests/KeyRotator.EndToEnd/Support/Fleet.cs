using System.Globalization;
using System.Text;
using KeyRotator.Demo;
using KeyRotator.Tests.Support;
using Npgsql;
using Xunit;

namespace KeyRotator.EndToEnd.Support;

/// <summary>Many keys, a provider that counts, a receiver that counts, and processes that share one PostgreSQL server.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keyrotator-fleet-");
    private readonly List<Service> _services = [];
    private readonly WebhookReceiver _receiver;

    private Fleet(PostgresServer server, CountingProvider provider, WebhookReceiver receiver, IReadOnlyDictionary<string, string> keys)
    {
        (Server, Provider, _receiver, Keys) = (server, provider, receiver, keys);
        Inbox = new Inbox(receiver);
        Environment = new() { ["HOOK_SECRET"] = receiver.Secret, ["KEYROTATOR_DATABASE"] = Url(PostgresServer.Password.Reveal()) };
        foreach (var (id, value) in keys)
        {
            Environment[VariableOf(id)] = value;
        }

        Configure();
    }

    public PostgresServer Server { get; }

    public CountingProvider Provider { get; }

    public Inbox Inbox { get; }

    /// <summary>Each key's value, by its id.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; }

    public Dictionary<string, string> Environment { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts all but keyrotator itself.</summary>
    /// <param name="count">How many keys.</param>
    /// <param name="bad">How many of them the provider turns away.</param>
    public static async Task<Fleet> StartAsync(int count, int bad = 0)
    {
        var keys = Enumerable.Range(0, count).ToDictionary(
            index => string.Create(CultureInfo.InvariantCulture, $"k{index:00000}"), _ => DemoKeys.Create("mistral", Random.Shared));
        var good = keys.OrderBy(key => key.Key, StringComparer.Ordinal).Skip(bad).Select(key => key.Value);
        return new Fleet(
            await PostgresServer.StartAsync(),
            await CountingProvider.StartAsync(good.ToHashSet(StringComparer.Ordinal), Token),
            await WebhookReceiver.StartAsync(TimeProvider.System, Token),
            keys);
    }

    /// <summary>How the database is named to keyrotator.</summary>
    public string Url(string password) => $"postgres://{PostgresServer.User}:{password}@127.0.0.1:{Server.Port}/postgres?sslmode=disable";

    public Keyrotator Start(params string[] arguments) => Keyrotator.Start(_folder.FullName, Environment, arguments);

    public async Task<Ended> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return await process.EndAsync(Token);
    }

    /// <summary>Starts a replica; ended with the fleet at the latest.</summary>
    public async Task<Service> ServeAsync()
    {
        var service = await Service.StartAsync(arguments => Start(arguments));
        _services.Add(service);
        return service;
    }

    /// <summary>What a query counts.</summary>
    public async Task<long> CountAsync(string sql) => Convert.ToInt64(await Server.RunAsync(sql, Token), CultureInfo.InvariantCulture);

    /// <summary>Whether every key was checked and recorded.</summary>
    public async Task<bool> IsSweptAsync() =>
        await CountAsync("SELECT count(*) FROM key_status WHERE verdict IN ('Accepted', 'Rejected')") == Keys.Count;

    /// <summary>How often keys were asked about beyond once, those left out that are asked twice for good reason.</summary>
    /// <param name="bad">How many keys the provider turns away.</param>
    public int Extra(int bad = 0) =>
        Keys.OrderBy(key => key.Key, StringComparer.Ordinal).Skip(bad).Sum(key => Math.Max(0, Provider.Probes(key.Value) - 1));

    /// <summary>Fails where the database's password or a key is in a text.</summary>
    public bool Shows(string text) =>
        text.Contains(PostgresServer.Password.Reveal(), StringComparison.Ordinal)
        || Keys.Values.Any(value => text.Contains(value, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        await Provider.DisposeAsync();
        await _receiver.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string VariableOf(string id) => id.ToUpperInvariant();

    // One period is longer than any test.
    private void Configure()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $$"""
            database: sqlite:unused.db
            defaults: { confirmAfter: 1s, checkEvery: 6h }
            stores:
              env: { kind: env }
            providers:
              mistral: { baseUrl: "{{Provider.BaseUrl}}" }
            alerts:
              groupBy: [finding]
              groupWait: 0s
              groupInterval: 10s
              channels:
                ops: { kind: webhook, url: "{{_receiver.Url}}", secret: "${HOOK_SECRET}" }
            keys:

            """);
        foreach (var id in Keys.Keys)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"  {id}: {{ provider: mistral, locations: [{{ store: env, name: {VariableOf(id)} }}] }}\n");
        }

        File.WriteAllText(Path.Combine(_folder.FullName, "keyrotator.yaml"), text.ToString());
    }
}
