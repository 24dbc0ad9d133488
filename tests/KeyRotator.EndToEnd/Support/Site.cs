using System.Globalization;
using System.Text;
using KeyRotator.Demo;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using Xunit;

namespace KeyRotator.EndToEnd.Support;

/// <summary>An installation on disk with its surroundings: configuration, store and database in a folder, an emulated provider, a receiver
/// of alerts.</summary>
internal sealed class Site : IAsyncDisposable
{
    private const string StoreKey = "store.key";
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("keyrotator-e2e-");
    private readonly Dictionary<string, string> _keys = [];
    private readonly FileStore _store;
    private readonly SiteCopy? _copy;

    private Site(ProviderEmulator emulator, WebhookReceiver receiver, Func<Site, SiteCopy>? copy)
    {
        (Emulator, Receiver) = (emulator, receiver);
        Inbox = new Inbox(receiver);
        Folder = _root.CreateSubdirectory("work").FullName;
        Temp = _root.CreateSubdirectory("tmp").FullName;
        File.WriteAllBytes(At(StoreKey), Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(At(StoreKey), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        _store = new FileStore("local", At("secrets.enc"), FileStoreKey.FromKeyFile(At(StoreKey)), TimeProvider.System);
        Environment = new() { ["TMPDIR"] = Temp, ["HOOK_SECRET"] = receiver.Secret };
        _copy = copy?.Invoke(this);
    }

    public ProviderEmulator Emulator { get; }

    public WebhookReceiver Receiver { get; }

    /// <summary>What the receiver got.</summary>
    public Inbox Inbox { get; }

    /// <summary>Where keyrotator works.</summary>
    public string Folder { get; }

    /// <summary>What it takes for the system's temporary folder.</summary>
    public string Temp { get; }

    /// <summary>The variables that it sees.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>The text of every key that ever was here.</summary>
    public List<string> Secrets { get; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<Site> StartAsync(params string[] goodKeys) => StartAsync(null, goodKeys);

    /// <summary>One where each key stands in a second store too: in the cloud, or, where there is none, in another file.</summary>
    public static Task<Site> StartWithCopiesAsync(Moto? cloud, params string[] goodKeys) =>
        StartAsync(site => cloud is null ? site.FileCopy() : site.CloudCopy(cloud), goodKeys);

    private static async Task<Site> StartAsync(Func<Site, SiteCopy>? copy, string[] goodKeys)
    {
        var emulator = await ProviderEmulator.StartAsync(TimeProvider.System, Token);
        var site = new Site(emulator, await WebhookReceiver.StartAsync(TimeProvider.System, Token), copy);
        foreach (var id in goodKeys)
        {
            await site.IssueAsync(id);
        }

        site.Configure();
        return site;
    }

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>The provider issues a key, and somebody puts it into the store, in place of the one before.</summary>
    public async Task IssueAsync(string id)
    {
        var value = NewSecret();
        Emulator.AddKey("mistral", value);
        _keys[id] = value;
        foreach (var (store, location) in PlacesOf(id))
        {
            var current = await store.ReadAsync(location, null, Token);
            await store.WriteAsync(new SecretWrite(location, new SecretValue(value), current?.Version, Guid.NewGuid()), Token);
        }
    }

    /// <summary>The provider issues a key that nobody has put anywhere yet.</summary>
    public string NewCandidate()
    {
        var value = NewSecret();
        Emulator.AddKey("mistral", value);
        return value;
    }

    /// <summary>What readers of a key get, from each store.</summary>
    public async Task<IReadOnlyList<string?>> ReadAsync(string id)
    {
        var values = new List<string?>();
        foreach (var (store, location) in PlacesOf(id))
        {
            values.Add((await store.ReadAsync(location, null, Token))?.Value.Reveal());
        }

        return values;
    }

    /// <summary>How often a key was written to each store, where the stores are files.</summary>
    public async Task<IReadOnlyList<int>> VersionsAsync(string id)
    {
        var versions = new List<int>();
        foreach (var (store, location) in PlacesOf(id))
        {
            var version = (await store.ReadAsync(location, null, Token))!.Version!.Value;
            versions.Add(int.Parse(version.Id.Split('-')[0], CultureInfo.InvariantCulture));
        }

        return versions;
    }

    /// <summary>The stores in which a version of a key is staged.</summary>
    public async Task<IReadOnlyList<string>> StagedAsync(string id)
    {
        var staged = new List<string>();
        foreach (var (store, location) in PlacesOf(id))
        {
            if (store is ISecretDescriber describer && await describer.DescribeAsync(location, Token) is { Staged: not null })
            {
                staged.Add(store.Name);
            }
        }

        return staged;
    }

    /// <summary>A made-up key that must not be seen anywhere.</summary>
    public string NewSecret()
    {
        Secrets.Add(DemoKeys.Create("mistral", Random.Shared));
        return Secrets[^1];
    }

    public void Revoke(string id) => Emulator.Revoke("mistral", _keys[id]);

    public void Restore(string id) => Emulator.AddKey("mistral", _keys[id]);

    /// <summary>Writes the configuration of all keys.</summary>
    public void Configure()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $$"""
            database: sqlite:keyrotator.db
            defaults: { confirmAfter: 1s, checkEvery: 30s }
            stores:
              local: { kind: file, path: secrets.enc, keyFile: {{StoreKey}} }
              {{(_copy is null ? "" : $"{_copy.Store.Name}: {_copy.Entry}")}}
            providers:
              mistral: { baseUrl: "{{Emulator.BaseUrl("mistral")}}" }
            alerts:
              groupBy: [finding] # each by itself and at once: what is told together is not what these look at
              groupWait: 0s
              groupInterval: 10s
              channels:
                ops: { kind: webhook, url: "{{Receiver.Url}}", secret: "${HOOK_SECRET}" }
            keys:

            """);
        foreach (var id in _keys.Keys)
        {
            var places = PlacesOf(id).Select(place => $"{{ store: {place.Location.Store}, name: {place.Location.Name} }}");
            text.Append(CultureInfo.InvariantCulture, $"  {id}: {{ provider: mistral, locations: [{string.Join(", ", places)}] }}\n");
        }

        File.WriteAllText(At("keyrotator.yaml"), text.ToString());
    }

    /// <summary>Adds members to each key of the configuration.</summary>
    public void Describe(string members) => File.WriteAllText(
        At("keyrotator.yaml"),
        File.ReadAllText(At("keyrotator.yaml"))
            .Replace("{ provider: mistral,", $"{{ provider: mistral, {members},", StringComparison.Ordinal));

    /// <summary>Changes how long a rejection waits until it is confirmed.</summary>
    public void ConfirmAfter(string time) => File.WriteAllText(
        At("keyrotator.yaml"),
        File.ReadAllText(At("keyrotator.yaml")).Replace("confirmAfter: 1s", $"confirmAfter: {time}", StringComparison.Ordinal));

    private IEnumerable<(IWritableSecretStore Store, SecretLocation Location)> PlacesOf(string id)
    {
        yield return (_store, new SecretLocation { Store = _store.Name, Name = id });
        if (_copy is { Store: var store } copy)
        {
            yield return (store, new SecretLocation { Store = store.Name, Name = $"{copy.Prefix}{id}" });
        }
    }

    private SiteCopy FileCopy()
    {
        var store = new FileStore("copy", At("copy.enc"), FileStoreKey.FromKeyFile(At(StoreKey)), TimeProvider.System);
        return new(store, $"{{ kind: file, path: copy.enc, keyFile: {StoreKey} }}", "");
    }

    // Many sites share a cloud.
    private SiteCopy CloudCopy(Moto cloud)
    {
        Moto.Environment.ToList().ForEach(pair => Environment[pair.Key] = pair.Value);
        return new(cloud.Open("copy"), cloud.Entry, $"{Guid.NewGuid():N}/");
    }

    /// <summary>Starts it with a text on its standard input.</summary>
    public Keyrotator StartWith(string input, params string[] arguments) => Keyrotator.Start(Folder, Environment, arguments, input);

    public Keyrotator Start(params string[] arguments) => Keyrotator.Start(Folder, Environment, arguments);

    public async Task<Ended> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        return await process.EndAsync(Token);
    }

    public Task<StateDatabase> OpenStateAsync() => OpenStateAsync(At("keyrotator.db"));

    /// <summary>Makes everything that is on record three minutes older, so that keys may be asked again and leases have ended.</summary>
    public Task AgeAsync() => AgeAsync(At("keyrotator.db"));

    /// <summary>The same for a database that is elsewhere.</summary>
    public static async Task AgeAsync(string database)
    {
        var age = TimeSpan.FromMinutes(3).Ticks.ToString(CultureInfo.InvariantCulture);
        await using var state = await OpenStateAsync(database);
        await using var transaction = await state.BeginWriteAsync(Token);
        await transaction.Prepare(
            $"""
            UPDATE key_status SET checked_at = checked_at - {age}, probed_at = probed_at - {age}, next_check_at = next_check_at - {age},
              rejected_since = rejected_since - {age}, last_rejection_at = last_rejection_at - {age}
            """).ExecuteAsync(Token);
        await transaction.Prepare($"UPDATE outbox SET due_at = due_at - {age}, ready_at = ready_at - {age} WHERE finished_at IS NULL").ExecuteAsync(Token);
        await transaction.CommitAsync(Token);
    }

    private static Task<StateDatabase> OpenStateAsync(string database) => StateDatabase.OpenAsync(database, TimeProvider.System, Token);

    public async ValueTask DisposeAsync()
    {
        await Emulator.DisposeAsync();
        await Receiver.DisposeAsync();
        (_copy?.Store as IDisposable)?.Dispose();
        _root.Delete(recursive: true);
    }
}

/// <summary>A second store of a site.</summary>
/// <param name="Store">The store.</param>
/// <param name="Entry">Its entry in the configuration.</param>
/// <param name="Prefix">What names of secrets begin with there.</param>
internal sealed record SiteCopy(IWritableSecretStore Store, string Entry, string Prefix);
