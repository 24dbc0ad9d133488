using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Metrics;
using KeyRotator.State;

namespace KeyRotator.Hosting.Exposition;

/// <summary>What is told of findings.</summary>
internal static class FindingSeries
{
    /// <summary>Adds the counts, every reason and severity, and since when each is open.</summary>
    public static void Add(MetricsSnapshot snapshot, StateFigures figures, Inventory inventory, bool tellsKeys)
    {
        var counts = figures.Findings.ToDictionary(count => (count.Reason, count.Severity));
        snapshot.Add(
            KeyMetrics.Findings,
            from reason in FindingCatalog.Reasons
            from severity in Enum.GetValues<Severity>()
            select new Sample(counts.GetValueOrDefault((reason, severity))?.Open ?? 0, reason.ToString(), Word(severity)));
        var held = figures.Findings.ToLookup(count => count.Reason, count => count.All - count.Open);
        snapshot.Add(
            KeyMetrics.HeldFindings,
            FindingCatalog.Reasons.Select(reason => new Sample(held[reason].Sum(), reason.ToString())));
        snapshot.Add(
            KeyMetrics.FindingOpenedAt,
            figures.OpenFindings
                .Where(finding => tellsKeys || finding.Subject.Kind is not SubjectKind.Key)
                .Select(finding => Since(finding, inventory)));
    }

    private static Sample Since(OpenFinding finding, Inventory inventory)
    {
        var subject = finding.Subject;
        var key = subject.Kind is SubjectKind.Key && KeyId.TryParse(subject.Name, out var id) ? inventory.Find(id) : null;
        return new(
            Unix.Seconds(finding.OpenedAt),
            subject.Kind.ToString(),
            subject.Name,
            subject.Kind is SubjectKind.Provider ? subject.Name : key?.Provider,
            key?.Environment,
            key?.Owner,
            finding.Reason.ToString(),
            Word(finding.Severity));
    }

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();
}
