using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>What must hold of routes: their names resolve.</summary>
internal sealed class RouteChecks(SettingsDraft draft, SettingsCatalogue catalogue, FaultList faults)
{
    private readonly HashSet<string> _instances =
        new([.. draft.Providers.Keys, .. catalogue.ReadyInstances], StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _stores = new(draft.Stores.Keys, StringComparer.OrdinalIgnoreCase);

    /// <summary>Records every fault there is.</summary>
    public void Run()
    {
        foreach (var (owner, entry) in draft.Alerts.Owners)
        {
            RefuseUnknown(entry.Value ?? [], $"alerts.owners.{Quote.Plain(owner)}", "a channel", draft.Alerts.Channels.Keys);
        }

        IReadOnlyList<RouteDraft> routes = draft.Alerts.Routes?.Value ?? [];
        for (var index = 0; index < routes.Count; index++)
        {
            CheckNames($"alerts.routes[{index}]", routes[index]);
            if (routes[index] is { Digest: QuietDigest.None, DigestAt: { } time })
            {
                faults.Refuse(
                    time.At, $"alerts.routes[{index}].digestAt", "`digestAt` needs `digest: daily` or `digest: weekly` beside it");
            }
        }
    }

    private void CheckNames(string path, RouteDraft route)
    {
        RefuseUnknown(route.Channels, $"{path}.channels", "a channel", draft.Alerts.Channels.Keys);
        RefuseUnknown(route.Match.Providers, $"{path}.match.provider", "a provider instance", _instances);
        RefuseUnknown(route.Match.Stores, $"{path}.match.store", "a store", _stores);
        if (route.Match.Labels is { Value.Count: 0 } labels)
        {
            faults.Refuse(labels.At, $"{path}.match.labels", "at least 1 is needed here");
        }
    }

    private void RefuseUnknown(IReadOnlyList<Located<string>> names, string path, string what, IReadOnlyCollection<string> known)
    {
        for (var index = 0; index < names.Count; index++)
        {
            if (!known.Contains(names[index].Value))
            {
                faults.RefuseUnknown(names[index], names.Count == 1 && !path.EndsWith(".channels", StringComparison.Ordinal)
                    ? path
                    : $"{path}[{index}]", what, known);
            }
        }
    }
}
