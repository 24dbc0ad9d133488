using System.Collections.ObjectModel;
using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;

namespace KeyRotator.Configuration;

/// <summary>Makes the configuration from a draft without faults.</summary>
internal sealed class SettingsAssembly(SettingsDraft draft, SettingsCatalogue catalogue, IReadOnlyList<SettingsFile> files)
{
    private const string InMemory = ":memory:";
    private readonly KeyPolicy _defaults = draft.Defaults.Over(KeyPolicy.Default);
    private readonly ReadOnlyDictionary<string, KeyPolicy> _environments = draft.Environments
        .ToDictionary(entry => entry.Key, entry => draft.PolicyOf(entry.Key), StringComparer.Ordinal).AsReadOnly();

    public Settings Build() => new()
    {
        Database = Database(),
        Defaults = _defaults,
        Environments = _environments,
        Operators = ByName(draft.Operators.Select(entry => Operator(entry.Key, entry.Value.Value!)), person => person.Name),
        Stores = ByName(draft.Stores.Select(entry => Store(entry.Key, entry.Value.Value!)), store => store.Name),
        Providers = ByName(draft.Providers.Select(one => Instance(one.Key, one.Value.Value!)).Concat(ReadyInstances()), one => one.Name),
        Keys = [.. draft.Keys.Select(entry => Key(entry.Key, entry.Value.Value!))],
        Channels = ByName(draft.Alerts.Channels.Select(entry => Channel(entry.Key, entry.Value.Value!)), channel => channel.Name),
        Routes = RouteAssembly.Build(draft.Alerts),
        Runbook = draft.Alerts.Runbook,
        Heartbeat = draft.Alerts.Heartbeat is { } heartbeat ? Heartbeat(heartbeat) : null,
    };

    private DatabaseSettings Database()
    {
        var database = draft.Database ?? new(DatabaseDraft.Default, default);
        return database.Value is { Path: { } path }
            ? new() { Path = path == InMemory ? null : FullPath(new(path, database.At)) }
            : new() { Server = database.Value.Server };
    }

    private StoreSettings Store(string name, StoreDraft store) => new()
    {
        Name = name,
        Kind = store.Kind,
        Path = store.Path is { } path ? FullPath(path) : null,
        KeyFile = store.KeyFile is { } keyFile ? FullPath(keyFile) : null,
        Passphrase = store.Passphrase,
        Discover = store.Remote.Discover?.Value.Build(),
        Options = RemoteStoreAssembly.Build(store.Kind, store.Remote, FullPath),
    };

    private static ProviderInstance Instance(string name, ProviderDraft instance) => new()
    {
        Name = name,
        Kind = instance.Kind ?? name,
        BaseUrl = instance.BaseUrl?.Value,
        Region = instance.Region,
        Organization = instance.Organization,
        Project = instance.Project,
        Headers = Texts(instance.Headers, StringComparer.OrdinalIgnoreCase),
        RequestsPerMinute = instance.RequestsPerMinute?.Value,
        CheckEvery = instance.CheckEvery?.Value,
        Control = instance.Control,
        Probe = instance.Probe,
        AllowInsecure = instance.AllowInsecure,
    };

    private IEnumerable<ProviderInstance> ReadyInstances() => catalogue.ReadyInstances
        .Where(kind => !draft.Providers.ContainsKey(kind))
        .Select(kind => new ProviderInstance { Name = kind, Kind = kind });

    private static OperatorSettings Operator(string name, OperatorDraft person) => new()
    {
        Name = name,
        TokenHash = Convert.FromHexString(person.TokenHash!.Value.Value),
    };

    // One policy is shared by all keys that say nothing.
    private KeyPolicy BasisOf(KeyDraft key) => _environments.GetValueOrDefault(key.Environment ?? "", _defaults);

    private ManagedKey Key(string id, KeyDraft key) => new()
    {
        Id = KeyId.Parse(id),
        Provider = key.Provider!.Value.Value,
        Environment = key.Environment,
        Owner = key.Owner,
        Labels = Texts(key.Labels, StringComparer.Ordinal),
        Locations = [.. key.Locations.Select(Location)],
        Models = key.Models,
        Expires = key.Expires,
        Suspended = key.Suspended,
        Policy = key.Policy?.Over(BasisOf(key)) ?? BasisOf(key),
        Holding = key.Holding is { } holding ? Location(holding) : null,
        Previous = key.Previous is { } previous ? Location(previous) : null,
    };

    private static SecretLocation Location(LocationDraft location) => new()
    {
        Store = location.Store!.Value.Value,
        Name = location.Name!,
        Field = location.Field,
        Follows = location.Follows?.Value,
    };

    private static ChannelSettings Channel(string name, ChannelDraft channel) => new()
    {
        Name = name,
        Kind = channel.Kind!,
        Url = new SecretValue((channel.Url?.Value ?? AlertChannels.Find(channel.Kind!)!.DefaultUrl!).OriginalString),
        ApiKey = channel.ApiKey,
        Secret = channel.Secret,
        PreviousSecret = channel.PreviousSecret,
        Format = channel.Format,
        AllowInsecure = channel.AllowInsecure,
        AllowAddresses = channel.AllowAddresses,
    };

    private static HeartbeatSettings Heartbeat(HeartbeatDraft heartbeat) => new()
    {
        Url = new SecretValue(heartbeat.Url!.Value.Value.OriginalString),
        Every = heartbeat.Every,
        AllowInsecure = heartbeat.AllowInsecure,
        AllowAddresses = heartbeat.AllowAddresses,
    };

    private string FullPath(Located<string> path) => Path.GetFullPath(path.Value, files[path.At.File].Folder);

    private static ReadOnlyDictionary<string, string> Texts(MapEntries<string>? entries, StringComparer comparer) => entries is null
        ? ReadOnlyDictionary<string, string>.Empty
        : entries.ToDictionary(entry => entry.Key, entry => entry.Value.Value!, comparer).AsReadOnly();

    private static ReadOnlyDictionary<string, T> ByName<T>(IEnumerable<T> values, Func<T, string> nameOf) =>
        values.ToDictionary(nameOf, StringComparer.Ordinal).AsReadOnly();
}
