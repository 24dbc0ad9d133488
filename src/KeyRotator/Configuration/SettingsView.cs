using System.Globalization;
using System.Text.Json.Nodes;
using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;
using KeyRotator.Providers;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KeyRotator.Configuration;

/// <summary>Shows the effective configuration, secrets redacted. What it writes has the structure of a configuration file.</summary>
internal static class SettingsView
{
    private const string Redacted = "[redacted]";

    /// <summary>As YAML. Of the ready provider instances only those that a key uses are shown, of a key's policy what differs from the defaults.</summary>
    public static string Write(Settings settings)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024, skipAnchorName: true));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, Describe(settings));
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    /// <summary>As a tree, for JSON.</summary>
    public static JsonObject Describe(Settings settings)
    {
        var used = settings.Keys.Select(key => key.Provider).ToHashSet(StringComparer.Ordinal);
        return Map(
            ("database", "sqlite:" + (settings.Database.Path ?? ":memory:")),
            ("defaults", Policy(settings.Defaults, null)),
            ("stores", Named(settings.Stores, Store)),
            ("providers", Named(settings.Providers.Where(instance => used.Contains(instance.Key) || !IsReady(instance.Value)), Instance)),
            ("keys", new JsonObject(settings.Keys.Select(key => KeyValuePair.Create(key.Id.Value, (JsonNode?)Key(key, settings.Defaults))))),
            ("alerts", Map(("channels", Named(settings.Channels, Channel)), ("routes", settings.Routes is [] ? null : List(settings.Routes.Select(Route))))));
    }

    private static bool IsReady(ProviderInstance instance) => instance == new ProviderInstance { Name = instance.Kind, Kind = instance.Kind, Headers = instance.Headers } && instance.Headers.Count == 0;

    private static JsonObject Store(StoreSettings store) => Map(
        ("kind", store.Kind),
        ("path", store.Path),
        ("passphrase", store.Passphrase is null ? null : Redacted),
        ("keyFile", store.KeyFile));

    // A header holds no secret by rule; by accident it may.
    private static JsonObject Instance(ProviderInstance instance) => Map(
        ("kind", instance.Kind),
        ("baseUrl", instance.BaseUrl?.OriginalString),
        ("region", instance.Region),
        ("organization", instance.Organization),
        ("project", instance.Project),
        ("headers", instance.Headers.Count == 0 ? null : Named(instance.Headers, _ => Redacted)),
        ("requestsPerMinute", instance.RequestsPerMinute),
        ("checkEvery", Span(instance.CheckEvery)),
        ("control", instance.Control ? "on" : "off"),
        ("probe", instance.Probe ? "models" : "none"),
        ("allowInsecure", instance.AllowInsecure));

    private static JsonObject Key(ManagedKey key, KeyPolicy defaults)
    {
        var shown = Map(
            ("provider", key.Provider),
            ("environment", key.Environment),
            ("owner", key.Owner),
            ("labels", key.Labels.Count == 0 ? null : Named(key.Labels, text => text)),
            ("expires", key.Expires is { } expires ? ExpiryStatements.Format(expires) : null),
            ("models", key.Models is [] ? null : List(key.Models.Select(model => (JsonNode)model))),
            ("suspended", key.Suspended ? true : null),
            ("locations", List(key.Locations.Select(Location))),
            ("holding", key.Holding is null ? null : Location(key.Holding)),
            ("previous", key.Previous is null ? null : Location(key.Previous)));
        foreach (var (member, value) in Policy(key.Policy, defaults).ToList())
        {
            shown[member] = value?.DeepClone();
        }

        return shown;
    }

    private static JsonObject Location(SecretLocation location) => Map(
        ("store", location.Store), ("name", location.Name), ("field", location.Field), ("follows", Span(location.Follows)));

    private static JsonObject Channel(ChannelSettings channel) => Map(
        ("kind", channel.Kind),
        ("url", Redacted),
        ("secret", channel.Secret is null ? null : Redacted),
        ("previousSecret", channel.PreviousSecret is null ? null : Redacted),
        ("allowInsecure", channel.AllowInsecure));
}
