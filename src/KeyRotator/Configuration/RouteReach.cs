using KeyRotator.Alerts;
using KeyRotator.Findings;

namespace KeyRotator.Configuration;

/// <summary>What routes can match because of the file alone, whatever is found.</summary>
/// <param name="overrides">The severities that settings give to reasons of keys.</param>
internal sealed class RouteReach(IReadOnlySet<(FindingReason Reason, Severity Severity)> overrides)
{
    /// <summary>Whether a reason can have a severity.</summary>
    public bool Has(FindingReason reason, Severity severity) =>
        FindingRange.Severities(reason).Contains(severity)
        || (FindingRange.Subject(reason) is SubjectKind.Key && overrides.Contains((reason, severity)));

    /// <summary>Why a route can match nothing, or null where it can.</summary>
    public string? Complain(AlertRoute route)
    {
        if (route.Reasons is not [var first, ..] || route.Reasons.Any(reason => IsAsked(route, reason) && Bears(route, reason)))
        {
            return null;
        }

        if (route.Reasons.FirstOrDefault(reason => IsAsked(route, reason)) is var about and not FindingReason.None)
        {
            return $"`{about}` is about {Thing(about)}, which has no {string.Join(", ", Missing(route, about))}: "
                + "this route can never match";
        }

        var known = string.Join(" or ", Enum.GetValues<Severity>().Where(severity => Has(first, severity)).Select(Word));
        return $"`{first}` is {known}, and the route asks for {string.Join(" and ", Asked(route).Select(Word))}: this route can never match"
            + (route.Severities.Count == 0 ? $" without `severity: {known}`"
                : FindingRange.Subject(first) is SubjectKind.Key ? " unless a key's own `severity` says so" : "");
    }

    /// <summary>Whether one route takes everything that another would.</summary>
    public bool Covers(AlertRoute one, AlertRoute other) =>
        Covers(one.Environments, other.Environments)
        && Covers(one.Providers, other.Providers)
        && Covers(one.Owners, other.Owners)
        && Covers(one.Stores, other.Stores)
        && one.Labels.All(label => other.Labels.Any(wanted => IsSame(label.Key, wanted.Key) && Covers(label.Value, wanted.Value)))
        && Pairs(other)
            .All(pair => (one.Reasons.Count == 0 || one.Reasons.Contains(pair.Reason)) && RouteMatcher.IsAsked(one, pair.Severity))
        && !LeavesToTheNext(one, other);

    // A channel is not told that it cannot be reached: the next route is, where no other channel is left.
    private bool LeavesToTheNext(AlertRoute one, AlertRoute other) =>
        one.Channels.Distinct(StringComparer.Ordinal).Count() == 1
        && other.Channels.Any(channel => channel != one.Channels[0])
        && Pairs(other).Contains((FindingReason.AlertDeliveryFailing, Severity.Critical))
        && !Missing(other, FindingReason.AlertDeliveryFailing).Any();

    private IEnumerable<(FindingReason Reason, Severity Severity)> Pairs(AlertRoute route) =>
        from reason in route.Reasons.Count > 0 ? route.Reasons : FindingCatalog.Reasons
        from severity in Asked(route)
        where Has(reason, severity)
        select (reason, severity);

    private bool IsAsked(AlertRoute route, FindingReason reason) => Asked(route).Any(severity => Has(reason, severity));

    private static bool Bears(AlertRoute route, FindingReason reason) => !Missing(route, reason).Any();

    /// <summary>What a route asks for that the things that a reason is about do not have.</summary>
    private static IEnumerable<string> Missing(AlertRoute route, FindingReason reason)
    {
        var kind = FindingRange.Subject(reason);
        (string Name, bool IsAsked, bool IsThere)[] members =
        [
            ("environment", route.Environments.Count > 0, kind is SubjectKind.Key),
            ("provider", route.Providers.Count > 0, kind is SubjectKind.Key or SubjectKind.Provider),
            ("owner", route.Owners.Count > 0, kind is SubjectKind.Key),
            ("store", route.Stores.Count > 0, kind is SubjectKind.Key or SubjectKind.Store),
            ("labels", route.Labels.Count > 0, kind is SubjectKind.Key),
        ];
        return members.Where(member => member is { IsAsked: true, IsThere: false }).Select(member => member.Name);
    }

    private static bool Covers(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        one.Count == 0 || (other.Count > 0 && other.All(wanted => one.Any(pattern => IsWithin(wanted, pattern))));

    private static bool IsWithin(string wanted, string pattern) => IsSame(wanted, pattern)
        || (pattern.EndsWith(RouteMatcher.Wildcard) && RouteMatcher.Fits(pattern, wanted.TrimEnd(RouteMatcher.Wildcard)));

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<Severity> Asked(AlertRoute route) =>
        Enum.GetValues<Severity>().Where(severity => RouteMatcher.IsAsked(route, severity));

    private static string Thing(FindingReason reason) => FindingRange.Subject(reason) switch
    {
        SubjectKind.Provider => "a provider instance",
        SubjectKind.Store => "a store",
        SubjectKind.Channel => "a channel",
        _ => "the audit",
    };

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();
}
