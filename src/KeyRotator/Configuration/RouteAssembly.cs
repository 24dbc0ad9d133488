using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>Makes the routes from a draft without faults.</summary>
internal static class RouteAssembly
{
    private static readonly AlertRoute s_defaults = new() { Channels = [] };

    /// <summary>The routes in the order in which they are looked at: one for each owner with channels of its own, then those that are
    /// given; where none are, one that tells everybody else.</summary>
    public static IReadOnlyList<AlertRoute> Build(AlertsDraft draft) =>
    [
        .. draft.Owners.Select(
            owner => Grouped(new() { Channels = Values(owner.Value.Value!), Owners = [owner.Key], Continue = true }, draft.Grouping)),
        .. draft.Routes is { } routes ? routes.Value.Select(route => Route(route, draft.Grouping)) : Everybody(draft),
    ];

    /// <summary>A route.</summary>
    /// <param name="route">What it says.</param>
    /// <param name="grouping">What is said for all routes.</param>
    public static AlertRoute Route(RouteDraft route, GroupingDraft grouping) => Grouped(
        new()
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
            Digest = route.Digest,
            DigestAt = route.DigestAt?.Value ?? s_defaults.DigestAt,
        },
        new()
        {
            By = route.Grouping.By ?? grouping.By,
            Wait = route.Grouping.Wait ?? grouping.Wait,
            Interval = route.Grouping.Interval ?? grouping.Interval,
        });

    // An owner's channel is for that owner's keys; where there is no other, somebody must hear of the rest.
    private static IEnumerable<AlertRoute> Everybody(AlertsDraft draft)
    {
        var owned = draft.Owners.SelectMany(owner => owner.Value.Value!).Select(channel => channel.Value).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<string> common = [.. draft.Channels.Keys.Where(channel => !owned.Contains(channel))];
        return draft.Channels.Count == 0
            ? []
            : [Grouped(new() { Channels = common.Count > 0 ? common : [.. draft.Channels.Keys] }, draft.Grouping)];
    }

    private static AlertRoute Grouped(AlertRoute route, GroupingDraft grouping) => route with
    {
        GroupBy = grouping.By ?? s_defaults.GroupBy,
        GroupWait = grouping.Wait ?? s_defaults.GroupWait,
        GroupInterval = grouping.Interval ?? s_defaults.GroupInterval,
    };

    private static IReadOnlyList<T> Values<T>(IReadOnlyList<Located<T>> located) => [.. located.Select(one => one.Value)];
}
