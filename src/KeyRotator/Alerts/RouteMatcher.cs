using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>Whether a finding is one of those that a route asks for.</summary>
internal static class RouteMatcher
{
    /// <summary>The last character of a pattern: whatever begins with what stands before it.</summary>
    public const char Wildcard = '*';

    /// <summary>Whether everything holds that the route asks for. Names are compared in any case.</summary>
    public static bool Matches(AlertRoute route, AlertFinding finding) =>
        IsAsked(route, finding.Severity) && IsAsked(route, finding.Reason) && IsAbout(route, finding);

    /// <summary>Whether a finding is about something that the route asks for, whatever its reason and severity.</summary>
    public static bool IsAbout(AlertRoute route, AlertFinding finding) =>
        IsAny(route.Environments, finding.Environment)
        && IsAny(route.Providers, finding.Provider)
        && IsAny(route.Owners, finding.Owner)
        && IsAny(route.Stores, finding.Store)
        && route.Labels.All(label => Carries(finding.Labels, label.Key, label.Value));

    /// <summary>Whether a route asks for a reason.</summary>
    public static bool IsAsked(AlertRoute route, FindingReason reason) => route.Reasons.Count == 0 || route.Reasons.Contains(reason);

    /// <summary>Whether a route asks for a severity: warning and critical where it says nothing.</summary>
    public static bool IsAsked(AlertRoute route, Severity severity) =>
        route.Severities.Count > 0 ? route.Severities.Contains(severity) : severity > Severity.Info;

    /// <summary>Whether a text fits a pattern: the text itself, or its beginning and <see cref="Wildcard"/>.</summary>
    public static bool Fits(string pattern, string text) => pattern.EndsWith(Wildcard)
        ? text.AsSpan().StartsWith(pattern.AsSpan()[..^1], StringComparison.OrdinalIgnoreCase)
        : IsSame(pattern, text);

    private static bool IsAny(IReadOnlyList<string> patterns, string? text) =>
        patterns.Count == 0 || (text is not null && patterns.Any(pattern => Fits(pattern, text)));

    private static bool Carries(IReadOnlyDictionary<string, string>? labels, string name, IReadOnlyList<string> values) =>
        labels is not null && labels.Any(label => IsSame(label.Key, name) && values.Any(value => Fits(value, label.Value)));

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
