using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>Decides who hears of a finding.</summary>
internal static class AlertRouter
{
    /// <summary>The channels of the first route that matches; none where no route does. Environments, providers and owners are compared in
    /// any case.</summary>
    /// <remarks>A channel is never told that alerts do not reach it: it is struck from the route, and a route that is left without a
    /// channel does not match.</remarks>
    public static IReadOnlyList<RoutedChannel> Route(AlertFinding finding, IReadOnlyList<AlertRoute> routes) =>
        routes.Where(route => Matches(route, finding))
            .Select(route => Reachable(route, finding))
            .FirstOrDefault(channels => channels.Count > 0) ?? [];

    private static bool Matches(AlertRoute route, AlertFinding finding) =>
        Matches(route.Environment, finding.Environment)
        && Matches(route.Provider, finding.Provider)
        && Matches(route.Owner, finding.Owner)
        && (route.Reason is null || route.Reason == finding.Reason)
        && (route.Severity is { } severity ? severity == finding.Severity : finding.Severity > Severity.Info);

    private static bool Matches(string? wanted, string? actual) =>
        wanted is null || wanted.Equals(actual, StringComparison.OrdinalIgnoreCase);

    private static List<RoutedChannel> Reachable(AlertRoute route, AlertFinding finding) =>
    [
        .. route.Channels.Where(channel => !IsTheFailingOne(channel, finding))
            .Distinct(StringComparer.Ordinal)
            .Select(channel => new RoutedChannel(channel, route)),
    ];

    private static bool IsTheFailingOne(string channel, AlertFinding finding) =>
        finding.Reason == FindingReason.AlertDeliveryFailing && channel == finding.Subject;
}
