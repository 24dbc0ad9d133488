using System.Net;
using System.Text.Json.Nodes;
using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Configuration;

/// <summary>Shows the effective configuration, secrets redacted. What it writes has the structure of a configuration file.</summary>
internal static class SettingsView
{
    private const string Redacted = "[redacted]";

    /// <summary>As YAML.</summary>
    public static string Write(Settings settings) => YamlText.Write(Describe(settings));

    /// <summary>As a tree, for JSON. Of the ready provider instances only those that a key uses are shown, of a key's policy what differs
    /// from the defaults.</summary>
    public static JsonObject Describe(Settings settings)
    {
        var used = settings.Keys.Select(key => key.Provider).ToHashSet(StringComparer.Ordinal);
        return Given(new()
        {
            ["database"] = settings.Database.ToString(),
            ["defaults"] = Policy(settings.Defaults, null),
            ["environments"] = settings.Environments.Count == 0
                ? null
                : Map(settings.Environments, policy => Policy(policy, settings.Defaults)),
            ["operators"] = settings.Operators.Count == 0
                ? null
                : Map(settings.Operators, _ => new JsonObject { ["tokenHash"] = Redacted }),
            ["stores"] = Map(settings.Stores, store => Given(StoreView.Describe(store))),
            ["providers"] = Map(settings.Providers.Where(instance => used.Contains(instance.Key) || !IsBare(instance.Value)), Instance),
            ["keys"] = Map(settings.Keys.Select(key => KeyValuePair.Create(key.Id.Value, key)), Key),
            ["alerts"] = Given(new()
            {
                ["channels"] = Map(settings.Channels, Channel),
                ["runbook"] = settings.Runbook?.Text,
                ["routes"] = new JsonArray([.. settings.Routes.Select(RouteView.Describe)]),
                ["heartbeat"] = settings.Heartbeat is { } heartbeat ? Heartbeat(heartbeat) : null,
            }),
        });

        JsonObject Key(ManagedKey key) => SettingsView.Key(key, settings.PolicyOf(key.Environment));
    }

    // A header holds no secret by rule; by accident it may.
    private static JsonObject Instance(ProviderInstance instance) => Given(new()
    {
        ["kind"] = instance.Kind,
        ["baseUrl"] = instance.BaseUrl?.OriginalString,
        ["region"] = instance.Region,
        ["organization"] = instance.Organization,
        ["project"] = instance.Project,
        ["headers"] = instance.Headers.Count == 0 ? null : Map(instance.Headers, _ => Redacted),
        ["requestsPerMinute"] = instance.RequestsPerMinute,
        ["checkEvery"] = Span(instance.CheckEvery),
        ["control"] = instance.Control ? "on" : "off",
        ["probe"] = instance.Probe ? "models" : "none",
        ["allowInsecure"] = instance.AllowInsecure,
    });

    private static bool IsBare(ProviderInstance instance) =>
        instance.Headers.Count == 0
        && instance == new ProviderInstance { Name = instance.Kind, Kind = instance.Kind, Headers = instance.Headers };

    private static JsonObject Key(ManagedKey key, KeyPolicy defaults)
    {
        var shown = Given(new()
        {
            ["provider"] = key.Provider,
            ["environment"] = key.Environment,
            ["owner"] = key.Owner,
            ["labels"] = key.Labels.Count == 0 ? null : Map(key.Labels, label => label),
            ["expires"] = key.Expires is { } expires ? ExpiryStatements.Format(expires) : null,
            ["models"] = key.Models.Count == 0 ? null : List(key.Models),
            ["suspended"] = key.Suspended ? true : null,
            ["locations"] = new JsonArray([.. key.Locations.Select(Location)]),
            ["holding"] = key.Holding is { } holding ? Location(holding) : null,
            ["previous"] = key.Previous is { } previous ? Location(previous) : null,
        });
        foreach (var (member, value) in Policy(key.Policy, defaults))
        {
            shown[member] = value?.DeepClone();
        }

        return shown;
    }

    private static JsonObject Location(SecretLocation location) => Given(new()
    {
        ["store"] = location.Store,
        ["name"] = location.Name,
        ["field"] = location.Field,
        ["follows"] = Span(location.Follows),
    });

    /// <summary>A policy, or where a basis is given only the members in which it differs from that.</summary>
    private static JsonObject Policy(KeyPolicy policy, KeyPolicy? basis)
    {
        var (shown, known) = (Policy(policy), basis is null ? [] : Policy(basis));
        return new(shown
            .Where(member => !JsonNode.DeepEquals(member.Value, known[member.Key]))
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
    }

    private static JsonObject Policy(KeyPolicy policy) => Given(new()
    {
        ["checkEvery"] = Span(policy.CheckEvery),
        ["confirmAfter"] = Span(policy.ConfirmAfter),
        ["unverifiedAfter"] = Span(policy.UnverifiedAfter),
        ["rotateEvery"] = Span(policy.RotateEvery),
        ["rotateBefore"] = Span(policy.RotateBefore),
        ["warnBefore"] = List(policy.WarnBefore.Select(Durations.Format)),
        ["grace"] = Span(policy.Grace),
        ["retireWithin"] = Span(policy.RetireWithin),
        ["purge"] = policy.Purge,
        ["approvals"] = policy.Approvals,
        ["watchForeign"] = policy.WatchForeign,
        ["repeatEvery"] = new JsonObject { ["critical"] = Span(policy.RepeatCriticalEvery), ["warning"] = Span(policy.RepeatWarningEvery) },
        ["severity"] = policy.SeverityOverrides.Count == 0
            ? null
            : Map(policy.SeverityOverrides.Select(entry => KeyValuePair.Create(entry.Key.ToString(), Word(entry.Value))), word => word),
    });

    private static JsonObject Channel(ChannelSettings channel) => Given(new()
    {
        ["kind"] = channel.Kind,
        ["url"] = AlertChannels.Find(channel.Kind) is ILineChannel ? null : Redacted,
        ["secret"] = channel.Secret is null ? null : Redacted,
        ["apiKey"] = channel.ApiKey is null ? null : Redacted,
        ["previousSecret"] = channel.PreviousSecret is null ? null : Redacted,
        ["format"] = channel.Format is WebhookFormat.CloudEvents ? "cloudevents" : null,
        ["allowInsecure"] = channel.AllowInsecure,
        ["allowAddresses"] = Ranges(channel.AllowAddresses),
    });

    private static JsonObject Heartbeat(HeartbeatSettings heartbeat) => Given(new()
    {
        ["url"] = Redacted,
        ["every"] = Span(heartbeat.Every),
        ["allowInsecure"] = heartbeat.AllowInsecure,
        ["allowAddresses"] = Ranges(heartbeat.AllowAddresses),
    });

    private static JsonArray? Ranges(IReadOnlyList<IPNetwork> ranges) =>
        ranges.Count == 0 ? null : List(ranges.Select(range => range.ToString()));

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();

    private static string? Span(TimeSpan? span) => span is { } given ? Durations.Format(given) : null;

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonObject Map<T>(IEnumerable<KeyValuePair<string, T>> entries, Func<T, JsonNode?> show) =>
        new(entries.Select(entry => KeyValuePair.Create(entry.Key, show(entry.Value))));

    private static JsonObject Given(JsonObject members)
    {
        foreach (var absent in members.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            members.Remove(absent);
        }

        return members;
    }
}
