using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>Decides who hears of a finding.</summary>
internal static class AlertRouter
{
    /// <summary>The channels of the first route that matches, and, as long as a route says <c>continue</c>, of those after it; none where
    /// no route matches. Each channel once.</summary>
    /// <remarks>A channel is never told that alerts do not reach it: it is struck from the route, and a route that is left without a
    /// channel does not match.</remarks>
    public static IReadOnlyList<RoutedChannel> Route(AlertFinding finding, IReadOnlyList<AlertRoute> routes)
    {
        var routed = new List<RoutedChannel>();
        foreach (var route in routes.Where(route => RouteMatcher.Matches(route, finding)))
        {
            var reachable = route.Channels.Where(channel => !IsTheFailingOne(channel, finding)).ToList();
            routed.AddRange(reachable.Distinct(StringComparer.Ordinal)
                .Where(channel => routed.All(known => known.Channel != channel))
                .Select(channel => new RoutedChannel(channel, route))
                .ToList());
            if (reachable.Count > 0 && !route.Continue)
            {
                break;
            }
        }

        return routed;
    }

    private static bool IsTheFailingOne(string channel, AlertFinding finding) =>
        finding.Reason == FindingReason.AlertDeliveryFailing && channel == finding.Subject;
}
