namespace KeyRotator.Findings;

/// <summary>What findings of a reason can be at all.</summary>
internal static class FindingRange
{
    /// <summary>The severities that a reason can have where no key's settings say otherwise.</summary>
    public static IReadOnlyList<Severity> Severities(FindingReason reason) => reason switch
    {
        FindingReason.KeyExpiring or FindingReason.ProviderOutage or FindingReason.OldKeyAlive or FindingReason.ApprovalWaiting =>
            [Severity.Warning, Severity.Critical],
        FindingReason.ForeignChange => [Severity.Info, Severity.Critical],
        FindingReason.KeyShared => [Severity.Info, Severity.Warning],
        _ => [FindingCatalog.DefaultSeverity(reason)],
    };

    /// <summary>What kind of thing a reason is about. A key's settings change the severity of what is about keys only.</summary>
    public static SubjectKind Subject(FindingReason reason) => reason switch
    {
        FindingReason.ProviderOutage or FindingReason.ProbeUntrustworthy => SubjectKind.Provider,
        FindingReason.StoreUnavailable or FindingReason.TagsUnusable => SubjectKind.Store,
        FindingReason.AlertDeliveryFailing => SubjectKind.Channel,
        FindingReason.AuditBroken => SubjectKind.Audit,
        _ => SubjectKind.Key,
    };
}
