using System.Text.Json.Nodes;
using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;

namespace KeyRotator.Cli.Output;

/// <summary>The configuration as it is in force, in the file's own members; secrets as a marker. What is as it is by default is left out.</summary>
internal static class SettingsTree
{
    /// <summary>Everything but the keys, under the file's top members.</summary>
    public static JsonObject WithoutKeys(Settings settings) => Pruned(new()
    {
        ["database"] = settings.Database.Path is { } path ? $"sqlite:{path}" : null,
        ["defaults"] = Policy(settings.Defaults, KeyPolicy.Default),
        ["stores"] = Map(settings.Stores.Values, store => store.Name, Store),
        ["providers"] = Map(settings.Providers.Values.Where(IsChanged), instance => instance.Name, Provider),
        ["alerts"] = Pruned(new()
        {
            ["channels"] = Map(settings.Channels.Values, channel => channel.Name, Channel),
            ["routes"] = List(settings.Routes.Select(Route)),
        }),
    });

    /// <summary>One key.</summary>
    public static JsonObject Key(ManagedKey key, KeyPolicy defaults)
    {
        var members = new JsonObject
        {
            ["provider"] = key.Provider,
            ["environment"] = key.Environment,
            ["owner"] = key.Owner,
            ["labels"] = Map(key.Labels, label => label.Key, label => label.Value),
            ["expires"] = key.Expires is { } expires ? ExpiryStatements.Format(expires) : null,
            ["suspended"] = Flag(key.Suspended),
            ["models"] = List(key.Models.Select(model => (JsonNode)model)),
        };
        foreach (var (name, value) in Policy(key.Policy, defaults))
        {
            members[name] = value?.DeepClone();
        }

        members["locations"] = List(key.Locations.Select(Location));
        members["holding"] = key.Holding is { } holding ? Location(holding) : null;
        members["previous"] = key.Previous is { } previous ? Location(previous) : null;
        return Pruned(members);
    }

    private static JsonObject Policy(KeyPolicy policy, KeyPolicy usual) => Pruned(new()
    {
        ["checkEvery"] = Span(policy.CheckEvery, usual.CheckEvery),
        ["confirmAfter"] = Span(policy.ConfirmAfter, usual.ConfirmAfter),
        ["unverifiedAfter"] = Span(policy.UnverifiedAfter, usual.UnverifiedAfter),
        ["rotateEvery"] = Span(policy.RotateEvery, usual.RotateEvery),
        ["rotateBefore"] = Span(policy.RotateBefore, usual.RotateBefore),
        ["warnBefore"] = policy.WarnBefore.SequenceEqual(usual.WarnBefore) ? null : List(policy.WarnBefore.Select(rung => (JsonNode)Durations.Format(rung))),
        ["grace"] = Span(policy.Grace, usual.Grace),
        ["retireWithin"] = Span(policy.RetireWithin, usual.RetireWithin),
        ["purge"] = policy.Purge == usual.Purge ? null : policy.Purge,
        ["approvals"] = policy.Approvals == usual.Approvals ? null : policy.Approvals,
        ["watchForeign"] = policy.WatchForeign == usual.WatchForeign ? null : policy.WatchForeign,
        ["repeatEvery"] = Pruned(new()
        {
            ["critical"] = Span(policy.RepeatCriticalEvery, usual.RepeatCriticalEvery),
            ["warning"] = Span(policy.RepeatWarningEvery, usual.RepeatWarningEvery),
        }),
        ["severity"] = policy.SeverityOverrides.Equals(usual.SeverityOverrides)
            ? null
            : Map(policy.SeverityOverrides, pair => pair.Key.ToString(), pair => pair.Value.ToString().ToLowerInvariant()),
    });

    private static JsonObject Store(StoreSettings store) => Pruned(new()
    {
        ["kind"] = store.Kind,
        ["path"] = store.Path,
        ["passphrase"] = Secret(store.Passphrase),
        ["keyFile"] = store.KeyFile,
    });

    private static JsonObject Provider(ProviderInstance instance) => Pruned(new()
    {
        ["kind"] = instance.Kind,
        ["baseUrl"] = instance.BaseUrl?.OriginalString,
        ["region"] = instance.Region,
        ["organization"] = instance.Organization,
        ["project"] = instance.Project,
        ["headers"] = Map(instance.Headers, header => header.Key, header => header.Value),
        ["requestsPerMinute"] = instance.RequestsPerMinute,
        ["checkEvery"] = instance.CheckEvery is { } span ? Durations.Format(span) : null,
        ["control"] = instance.Control ? null : "off",
        ["probe"] = instance.Probe ? null : "none",
        ["allowInsecure"] = Flag(instance.AllowInsecure),
    });

    private static JsonObject Channel(ChannelSettings channel) => Pruned(new()
    {
        ["kind"] = channel.Kind,
        ["url"] = Secret(channel.Url),
        ["secret"] = Secret(channel.Secret),
        ["previousSecret"] = Secret(channel.PreviousSecret),
        ["allowInsecure"] = Flag(channel.AllowInsecure),
    });

    private static JsonObject Route(AlertRoute route) => Pruned(new()
    {
        ["match"] = Pruned(new()
        {
            ["environment"] = route.Environment,
            ["provider"] = route.Provider,
            ["owner"] = route.Owner,
            ["reason"] = route.Reason?.ToString(),
            ["severity"] = route.Severity?.ToString().ToLowerInvariant(),
        }),
        ["channels"] = List(route.Channels.Select(channel => (JsonNode)channel)),
    });

    private static JsonObject Location(SecretLocation location) => Pruned(new()
    {
        ["store"] = location.Store,
        ["name"] = location.Name,
        ["field"] = location.Field,
        ["follows"] = location.Follows is { } span ? Durations.Format(span) : null,
    });

    private static bool IsChanged(ProviderInstance instance) => instance != new ProviderInstance { Name = instance.Name, Kind = instance.Name };

    private static string? Secret(SecretValue? secret) => secret?.ToString();

    private static JsonNode? Flag(bool value) => value ? true : null;

    private static string? Span(TimeSpan span, TimeSpan usual) => span == usual ? null : Durations.Format(span);

    private static JsonArray List(IEnumerable<JsonNode> items) => [.. items];

    private static JsonObject Map<T>(IEnumerable<T> items, Func<T, string> name, Func<T, JsonNode> value) =>
        new(items.Select(item => KeyValuePair.Create<string, JsonNode?>(name(item), value(item))));

    private static JsonObject Pruned(JsonObject members)
    {
        var empty = members.Where(member => member.Value is null or JsonObject { Count: 0 } or JsonArray { Count: 0 }).Select(member => member.Key).ToList();
        empty.ForEach(name => members.Remove(name));
        return members;
    }
}
