using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Cli.Output;

/// <summary>Makes a <see cref="KeyReport"/> of what is declared and what was observed.</summary>
internal static class KeyReports
{
    /// <summary>The report of one key.</summary>
    /// <param name="key">As it is declared.</param>
    /// <param name="status">As it was last observed, or null where it never was.</param>
    /// <param name="findings">What is open about it.</param>
    public static KeyReport Build(ManagedKey key, KeyStatus? status, IEnumerable<Finding> findings)
    {
        var report = status is null ? Unobserved(key) : Observed(key, status);
        return report with { Findings = [.. InOrder(findings)] };
    }

    /// <summary>Findings, the worst first, then the oldest.</summary>
    public static IEnumerable<Finding> InOrder(IEnumerable<Finding> findings) =>
        findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.OpenedAt).ThenBy(finding => finding.Id);

    private static KeyReport Unobserved(ManagedKey key)
    {
        var declared = key.Expires is { FingerprintPrefix: null } expires ? expires.ExpiresAt : (DateTimeOffset?)null;
        return new KeyReport
        {
            Id = key.Id.Value,
            Provider = key.Provider,
            Environment = key.Environment,
            Owner = key.Owner,
            State = key.Suspended ? KeyState.Suspended : null,
            ExpiresAt = declared,
            ExpirySource = declared is null ? ExpirySource.Unknown : ExpirySource.Declared,
            RotationDueAt = RotationDueAt(key.Policy, declared, null),
            Locations = [.. key.Locations.Select(location => new LocationStatus { Location = location })],
        };
    }

    private static KeyReport Observed(ManagedKey key, KeyStatus status) => new()
    {
        Id = key.Id.Value,
        Provider = key.Provider,
        Environment = key.Environment,
        Owner = key.Owner,
        State = key.Suspended ? KeyState.Suspended : status.Version > 0 ? status.State : null,
        Verdict = status.Verdict,
        Reason = status.Reason,
        HttpStatus = status.HttpStatus,
        VerdictSince = status.VerdictSince,
        Fingerprint = status.Fingerprint?.Short,
        ExpiresAt = status.ExpiresAt,
        ExpirySource = status.ExpirySource,
        RotationDueAt = RotationDueAt(key.Policy, status.ExpiresAt, status.FirstSeenAt),
        NextCheckAt = status.NextCheckAt,
        CheckedAt = status.CheckedAt,
        Locations = [.. key.Locations.Select(location => Seen(location, status))],
    };

    private static LocationStatus Seen(SecretLocation location, KeyStatus status) =>
        status.Locations.FirstOrDefault(seen => IsSamePlace(seen.Location, location)) ?? new LocationStatus { Location = location };

    private static bool IsSamePlace(SecretLocation one, SecretLocation other) =>
        one.Store == other.Store && one.Name == other.Name && one.Field == other.Field;

    private static DateTimeOffset? RotationDueAt(KeyPolicy policy, DateTimeOffset? expiresAt, DateTimeOffset? firstSeenAt)
    {
        var byExpiry = expiresAt - policy.RotateBefore;
        var byAge = firstSeenAt + policy.RotateEvery;
        return byExpiry is null || byAge < byExpiry ? byAge ?? byExpiry : byExpiry;
    }
}
