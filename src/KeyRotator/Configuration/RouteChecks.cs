using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Configuration;

/// <summary>What must hold of routes: their names resolve, and each can match something.</summary>
internal sealed class RouteChecks(SettingsDraft draft, SettingsCatalogue catalogue, FaultList faults)
{
    private readonly HashSet<string> _instances =
        new([.. draft.Providers.Keys, .. catalogue.ReadyInstances], StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _stores = new(draft.Stores.Keys, StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyList<RouteDraft> _routes = draft.Alerts.Routes?.Value ?? [];

    /// <summary>Records every fault there is.</summary>
    public void Run()
    {
        foreach (var (owner, entry) in draft.Alerts.Owners)
        {
            RefuseUnknown(entry.Value ?? [], $"alerts.owners.{Quote.Plain(owner)}", "a channel", draft.Alerts.Channels.Keys);
        }

        for (var index = 0; index < _routes.Count; index++)
        {
            CheckRoute(PathOf(index), _routes[index]);
        }

        RefuseUnreachable();
    }

    private static string PathOf(int index) => $"alerts.routes[{index}]";

    private void CheckRoute(string path, RouteDraft route)
    {
        RefuseUnknown(route.Channels, $"{path}.channels", "a channel", draft.Alerts.Channels.Keys);
        RefuseUnknown(route.Match.Providers, $"{path}.match.provider", "a provider instance", _instances);
        RefuseUnknown(route.Match.Stores, $"{path}.match.store", "a store", _stores);
        if (route.Match.Labels is { Value.Count: 0 } labels)
        {
            faults.Refuse(labels.At, $"{path}.match.labels", "at least 1 is needed here");
        }

        if (route is { Digest: QuietDigest.None, DigestAt: { } time })
        {
            faults.Refuse(time.At, $"{path}.digestAt", "`digestAt` needs `digest: daily` or `digest: weekly` beside it");
        }
    }

    private void RefuseUnknown(IReadOnlyList<Located<string>> names, string path, string what, IReadOnlyCollection<string> known)
    {
        for (var index = 0; index < names.Count; index++)
        {
            if (!known.Contains(names[index].Value))
            {
                var isAlone = names.Count == 1 && !path.EndsWith(".channels", StringComparison.Ordinal);
                faults.RefuseUnknown(names[index], isAlone ? path : $"{path}[{index}]", what, known);
            }
        }
    }

    // A member that was refused would make a route look wider than it was meant: such routes are left out.
    private void RefuseUnreachable()
    {
        var reach = new RouteReach(Overrides());
        var deciding = new List<(int Index, AlertRoute Route)>();
        for (var index = 0; index < _routes.Count; index++)
        {
            if (faults.IsRefused(PathOf(index)))
            {
                continue;
            }

            var route = RouteAssembly.Route(_routes[index], draft.Alerts.Grouping);
            if (reach.Complain(route) is { } complaint)
            {
                faults.Refuse(_routes[index].Match.Reasons[0].At, $"{PathOf(index)}.match.reason", complaint);
            }
            else if (deciding.FirstOrDefault(earlier => reach.Covers(earlier.Route, route)) is { Route: not null } earlier)
            {
                var (at, where) = (faults.Name(_routes[earlier.Index].At), PathOf(earlier.Index));
                faults.Refuse(_routes[index].At, PathOf(index),
                    $"this route can never match: {where}, at {at}, takes all that it asks for; move it up, or say `continue: true` there");
            }
            else if (!route.Continue)
            {
                deciding.Add((index, route));
            }
        }
    }

    private HashSet<(FindingReason Reason, Severity Severity)> Overrides() =>
    [
        .. draft.Keys.Values.Select(key => key.Value?.Policy)
            .Concat(draft.Environments.Values.Select(environment => environment.Value))
            .Append(draft.Defaults)
            .Where(policy => policy?.PositionOf("severity") is not null)
            .SelectMany(policy => policy!.Over(KeyPolicy.Default).SeverityOverrides)
            .Select(entry => (entry.Key, entry.Value)),
    ];
}
