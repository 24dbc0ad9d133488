using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>Makes the routes from a draft without faults.</summary>
internal static class RouteAssembly
{
    /// <summary>The routes in the order in which they are looked at; where none are given, one that tells everybody.</summary>
    public static IReadOnlyList<AlertRoute> Build(AlertsDraft draft) => draft.Routes is { } routes
        ? [.. routes.Value.Select(Route)]
        : draft.Channels.Count > 0 ? [new() { Channels = [.. draft.Channels.Keys] }] : [];

    /// <summary>A route.</summary>
    public static AlertRoute Route(RouteDraft route) => new()
    {
        Environments = Values(route.Match.Environments),
        Providers = Values(route.Match.Providers),
        Owners = Values(route.Match.Owners),
        Reasons = Values(route.Match.Reasons),
        Severities = Values(route.Match.Severities),
        Stores = Values(route.Match.Stores),
        Labels = (route.Match.Labels?.Value ?? new(StringComparer.Ordinal))
            .ToDictionary(label => label.Key, label => Values(label.Value.Value ?? []), StringComparer.Ordinal).AsReadOnly(),
        Channels = Values(route.Channels),
        Continue = route.Continue,
    };

    private static IReadOnlyList<T> Values<T>(IReadOnlyList<Located<T>> located) => [.. located.Select(one => one.Value)];
}
