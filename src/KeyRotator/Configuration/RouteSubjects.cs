using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Configuration;

/// <summary>Keys that no route tells apart.</summary>
/// <param name="Sample">A finding about the first of them.</param>
/// <param name="Critical">The reasons for which their findings can be critical.</param>
internal sealed record RouteSubject(AlertFinding Sample, IReadOnlyList<FindingReason> Critical)
{
    /// <summary>How many they are.</summary>
    public int Keys { get; set; }
}

/// <summary>Sorts keys by what routes can tell apart, in one pass over them.</summary>
internal sealed class RouteSubjects(IReadOnlyList<AlertRoute> routes)
{
    private static readonly FindingReason[] s_aboutKeys =
        [.. FindingCatalog.Reasons.Where(reason => FindingRange.Subject(reason) is SubjectKind.Key)];

    private static readonly FindingReason[] s_critical =
        [.. s_aboutKeys.Where(reason => FindingRange.Severities(reason).Contains(Severity.Critical))];

    private readonly PatternClasses _environments = new(routes.SelectMany(route => route.Environments));
    private readonly PatternClasses _providers = new(routes.SelectMany(route => route.Providers));
    private readonly PatternClasses _owners = new(routes.SelectMany(route => route.Owners));
    private readonly PatternClasses _stores = new(routes.SelectMany(route => route.Stores));
    private readonly Dictionary<string, PatternClasses> _labels = routes.SelectMany(route => route.Labels)
        .GroupBy(label => label.Key, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(
            named => named.Key, named => new PatternClasses(named.SelectMany(label => label.Value)), StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<object, IReadOnlyList<FindingReason>> _critical = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ulong, IReadOnlyList<FindingReason>> _shared = [];

    /// <summary>One subject for keys that are alike, in the order of the first of each.</summary>
    public IReadOnlyList<RouteSubject> Of(IReadOnlyList<ManagedKey> keys)
    {
        var subjects = new Dictionary<Likeness, RouteSubject>();
        foreach (var key in keys)
        {
            var critical = Critical(key.Policy);
            var likeness = new Likeness(
                _environments.Of(key.Environment), _providers.Of(key.Provider), _owners.Of(key.Owner), _stores.Of(key.Primary.Store),
                _labels.Count == 0 || key.Labels.Count == 0 ? "" : Labels(key.Labels), critical);
            if (!subjects.TryGetValue(likeness, out var subject))
            {
                subjects[likeness] = subject = new(Sample(key), critical);
            }

            subject.Keys++;
        }

        return [.. subjects.Values];
    }

    private static AlertFinding Sample(ManagedKey key) => new()
    {
        Id = "",
        Reason = FindingReason.None,
        Severity = Severity.Critical,
        SubjectKind = SubjectKind.Key,
        Subject = key.Id.Value,
        Message = "",
        OpenedAt = default,
        Provider = key.Provider,
        Environment = key.Environment,
        Owner = key.Owner,
        Store = key.Primary.Store,
        Labels = key.Labels,
    };

    private string Labels(IReadOnlyDictionary<string, string> labels) => string.Join(',', labels
        .Where(label => _labels.ContainsKey(label.Key))
        .Select(label => FormattableString.Invariant($"{label.Key.ToUpperInvariant()}={_labels[label.Key].Of(label.Value)}"))
        .Order(StringComparer.Ordinal));

    // Equal settings of many keys are one list, so that it can be compared by reference.
    private IReadOnlyList<FindingReason> Critical(KeyPolicy policy)
    {
        if (_critical.TryGetValue(policy.SeverityOverrides, out var known))
        {
            return known;
        }

        IReadOnlyList<FindingReason> reasons = policy.SeverityOverrides.Count == 0
            ? s_critical
            : [.. s_aboutKeys.Where(reason => CanBeCritical(reason, policy.SeverityOverrides))];
        var mask = reasons.Aggregate(0UL, (set, reason) => set | (1UL << (int)reason));
        return _critical[policy.SeverityOverrides] = _shared.TryGetValue(mask, out var same) ? same : _shared[mask] = reasons;
    }

    private static bool CanBeCritical(FindingReason reason, IReadOnlyDictionary<FindingReason, Severity> overrides) =>
        overrides.TryGetValue(reason, out var own) ? own is Severity.Critical : s_critical.Contains(reason);

    private sealed record Likeness(
        int Environment, int Provider, int Owner, int Store, string Labels, IReadOnlyList<FindingReason> Critical);
}
