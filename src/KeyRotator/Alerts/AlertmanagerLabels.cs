using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>What Alertmanager tells alerts apart by: nothing that changes while a finding is open, save its severity.</summary>
internal static class AlertmanagerLabels
{
    private const int MaxName = 100;
    private const int MaxValue = 200;
    private const int MostOwn = 20;
    private const string OwnPrefix = "label_";

    /// <summary>Name and value of each label, in the order of their names. None is empty, none is named twice.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(AlertFinding finding, string? installation)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(labels, "alertname", "KeyRotator" + finding.Reason);
        Add(labels, "severity", finding.Severity.ToString().ToLowerInvariant());
        Add(labels, SubjectLabel(finding.SubjectKind), finding.Subject);
        Add(labels, "provider", finding.Provider);
        Add(labels, "environment", finding.Environment);
        Add(labels, "owner", finding.Owner);
        Add(labels, "store", finding.Store);
        Add(labels, "installation", installation);
        foreach (var (name, value) in (finding.Labels ?? new Dictionary<string, string>())
            .OrderBy(label => label.Key, StringComparer.Ordinal).Take(MostOwn))
        {
            Add(labels, OwnPrefix + Name(name), value);
        }

        return [.. labels];
    }

    /// <summary>Names the set of labels: the same for the same set.</summary>
    public static string IdentityOf(AlertFinding finding, string? installation) =>
        AlertIds.Hash(Of(finding, installation).SelectMany(label => new[] { label.Key, label.Value })); // a value has no line break

    private static void Add(SortedDictionary<string, string> labels, string name, string? value)
    {
        if (AlertText.Line(value ?? "", MaxValue).Trim() is { Length: > 0 } given)
        {
            labels.TryAdd(name, given);
        }
    }

    private static string SubjectLabel(SubjectKind kind) => kind.ToString().ToLowerInvariant();

    // [a-zA-Z_][a-zA-Z0-9_]*, the first letter being the prefix's.
    private static string Name(string name) =>
        string.Concat(name.Take(MaxName).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
}
