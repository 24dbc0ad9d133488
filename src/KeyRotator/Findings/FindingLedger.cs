namespace KeyRotator.Findings;

/// <summary>What happened to a finding.</summary>
public enum FindingChangeKind
{
    /// <summary>Open before and still; nothing that anybody is told of.</summary>
    Kept = 0,

    /// <summary>A claim that had no finding.</summary>
    Opened,

    /// <summary>Severity grew.</summary>
    Escalated,

    /// <summary>A lower rung of the expiry ladder was reached.</summary>
    RungReached,

    /// <summary>Its cause is gone.</summary>
    Resolved,
}

/// <summary>One change: the open finding it concerns, and the claim that stands now.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Finding">The finding as it was, or null where it is opened.</param>
/// <param name="Claim">What is claimed now, or null where it is resolved.</param>
public sealed record FindingChange(FindingChangeKind Kind, Finding? Finding, FindingClaim? Claim);

/// <summary>Compares what is claimed with what is open. Pure.</summary>
public static class FindingLedger
{
    /// <summary>One change for each open finding and each claim without one. The open findings are those that the claims speak for: a
    /// finding of another authority is not among them.</summary>
    public static IReadOnlyList<FindingChange> Compare(IReadOnlyList<Finding> open, IReadOnlyList<FindingClaim> claims)
    {
        if (open.Count == 0 && claims.Count == 0)
        {
            return [];
        }

        var changes = new List<FindingChange>(open.Count + claims.Count);
        foreach (var finding in open)
        {
            changes.Add(Continue(finding, claims.FirstOrDefault(claim => claim.Key == finding.Key)));
        }

        foreach (var claim in claims)
        {
            if (!open.Any(finding => finding.Key == claim.Key))
            {
                changes.Add(new(FindingChangeKind.Opened, null, claim));
            }
        }

        return changes;
    }

    private static FindingChange Continue(Finding finding, FindingClaim? claim) => claim switch
    {
        null => new(FindingChangeKind.Resolved, finding, null),
        _ when claim.Rung < finding.Rung => new(FindingChangeKind.RungReached, finding, claim),
        _ when claim.Severity > finding.Severity => new(FindingChangeKind.Escalated, finding, claim),
        _ => new(FindingChangeKind.Kept, finding, claim),
    };
}
