using KeyRotator.Findings;

namespace KeyRotator.Alerts;

/// <summary>Makes of a finding what receivers see of it.</summary>
internal static class ShownFinding
{
    /// <summary>The same for the same finding.</summary>
    /// <param name="installation">Id of the installation.</param>
    /// <param name="finding">The finding.</param>
    /// <param name="facts">What the ledger does not know of its subject.</param>
    public static AlertFinding Of(string installation, Finding finding, AlertSubjectFacts facts) => new()
    {
        Id = AlertIds.OfFinding(installation, finding.Id),
        Reason = finding.Key.Reason,
        Severity = finding.Severity,
        SubjectKind = finding.Key.Subject.Kind,
        Subject = finding.Key.Subject.Name,
        Message = finding.Message,
        OpenedAt = finding.OpenedAt,
        ResolvedAt = finding.ResolvedAt,
        Rung = finding.Rung,
        Provider = facts.Provider,
        Environment = facts.Environment,
        Owner = facts.Owner,
        Fingerprint = facts.Fingerprint,
        ExpiresAt = facts.ExpiresAt,
        ConsoleUrl = facts.ConsoleUrl,
        RunbookUrl = facts.RunbookUrl,
        Store = facts.Store,
        Labels = facts.Labels,
    };
}
