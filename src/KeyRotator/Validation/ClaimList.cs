using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Validation;

/// <summary>Collects one key's claims under its version, with the key's own severities.</summary>
internal sealed class ClaimList(KeyStatus status, ManagedKey key)
{
    private List<FindingClaim>? _claims;

    /// <summary>What was collected.</summary>
    public IReadOnlyList<FindingClaim> Claims => _claims ?? (IReadOnlyList<FindingClaim>)[];

    /// <summary>Adds a finished claim.</summary>
    public void Add(FindingClaim claim) => (_claims ??= []).Add(claim);

    /// <summary>Adds a claim with its reason's severity, or the given one; the key's own setting outranks both.</summary>
    public void Add(FindingReason reason, string message, Severity? severity = null, string mark = "") => Add(new FindingClaim
    {
        Key = new(FindingSubject.Key(key.Id.Value), reason, status.Version, mark),
        Severity = key.Policy.SeverityOverrides.GetValueOrDefault(reason, severity ?? FindingCatalog.DefaultSeverity(reason)),
        Message = message,
    });
}
