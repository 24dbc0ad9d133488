using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>Routes that nothing matches of what is configured now. Keys that are found by tag may match later.</summary>
internal sealed class IdleRoutes(SettingsDraft draft, Settings settings, FaultList faults)
{
    private const int LeastCompared = 3;
    private const int MostCompared = 1000;
    private readonly Dictionary<string, HashSet<string>> _labels = new(StringComparer.OrdinalIgnoreCase);
    private bool _isWarned;

    /// <summary>Records every warning there is.</summary>
    /// <param name="subjects">The keys, those that no route tells apart once.</param>
    public void Run(IReadOnlyList<RouteSubject> subjects)
    {
        if (settings.Keys.Count == 0 || settings.Stores.Values.Any(store => store.Discover is not null))
        {
            return;
        }

        var environments = Names(settings.Keys.Select(key => key.Environment));
        var owners = Names(settings.Keys.Select(key => key.Owner));
        foreach (var (owner, entry) in draft.Alerts.Owners)
        {
            Check([new(owner, entry.At)], $"alerts.owners.{Quote.Plain(owner)}", "owner", owners);
        }

        IReadOnlyList<RouteDraft> routes = draft.Alerts.Routes?.Value ?? [];
        for (var index = 0; index < routes.Count; index++)
        {
            _isWarned = false;
            var path = $"alerts.routes[{index}]";
            Check(routes[index].Match.Environments, $"{path}.match.environment", "environment", environments);
            Check(routes[index].Match.Owners, $"{path}.match.owner", "owner", owners);
            CheckLabels(routes[index], path);
            CheckWhole(routes[index], path, subjects);
        }
    }

    private void CheckLabels(RouteDraft route, string path)
    {
        foreach (var (name, entry) in route.Match.Labels?.Value ?? new(StringComparer.Ordinal))
        {
            var given = _labels.TryGetValue(name, out var known) ? known : _labels[name] = ValuesOf(name);
            Check(entry.Value ?? [], $"{path}.match.labels.{Quote.Plain(name)}", $"label {Quote.Text(name)} with the value", given);
        }
    }

    private HashSet<string> ValuesOf(string label) => Names(settings.Keys.SelectMany(key => key.Labels)
        .Where(given => given.Key.Equals(label, StringComparison.OrdinalIgnoreCase)).Select(given => given.Value));

    // Each name by itself is some key's, and no key has them all.
    private void CheckWhole(RouteDraft draft, string path, IReadOnlyList<RouteSubject> subjects)
    {
        var route = RouteAssembly.Route(draft, new());
        var asksForKeys = route.Environments.Count + route.Owners.Count + route.Labels.Count > 0;
        if (!_isWarned && asksForKeys && !subjects.Any(subject => RouteMatcher.IsAbout(route, subject.Sample)))
        {
            faults.Warn(draft.Match.At, $"{path}.match", "no key has all of this, so nothing matches now");
        }
    }

    private void Check(IReadOnlyList<Located<string>> patterns, string path, string what, HashSet<string> given)
    {
        foreach (var pattern in patterns.Where(pattern => !IsGiven(pattern.Value, given)))
        {
            _isWarned = true;
            var shown = pattern.IsInterpolated ? "that `${…}` stands for (not shown)" : Quote.Text(pattern.Value);
            var isCompared = !pattern.IsInterpolated && pattern.Value.Length >= LeastCompared;
            var nearest = isCompared ? NearestName.Find(pattern.Value, given.Take(MostCompared)) : null;
            faults.Warn(
                pattern.At, path, $"no key has the {what} {shown}" + (nearest is null ? "" : $": did you mean {Quote.Text(nearest)}?"));
        }
    }

    private static bool IsGiven(string pattern, HashSet<string> given) =>
        given.Contains(pattern)
        || (pattern.EndsWith(RouteMatcher.Wildcard) && given.Any(text => RouteMatcher.Fits(pattern, text)));

    private static HashSet<string> Names(IEnumerable<string?> names) => new(names.OfType<string>(), StringComparer.OrdinalIgnoreCase);
}
