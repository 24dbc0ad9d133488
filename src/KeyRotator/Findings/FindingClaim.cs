namespace KeyRotator.Findings;

/// <summary>What an assessment says is wrong now. The ledger compares claims with what is open: a claim opens or keeps a finding, its
/// absence resolves it.</summary>
public sealed record FindingClaim
{
    /// <summary>The finding's identity.</summary>
    public required FindingKey Key { get; init; }

    /// <summary>Severity after the key's own overrides.</summary>
    public required Severity Severity { get; init; }

    /// <summary>One sentence of ours for the operator: what is wrong and what to do. Never vendor text, never a secret.</summary>
    public required string Message { get; init; }

    /// <summary>The rung of the expiry ladder in whole days, or null where the reason has no ladder. A lower rung alerts anew.</summary>
    public int? Rung { get; init; }
}
