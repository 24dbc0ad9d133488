using KeyRotator.Expiry;
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
        var report = Declared(key);
        report = status is null ? report : WithChecks(report, key, status);
        report = status is { Version: > 0 } ? WithVersion(report, key, status) : report;
        return report with { Findings = [.. InOrder(findings)] };
    }

    /// <summary>Findings, the worst first, then the oldest.</summary>
    public static IEnumerable<Finding> InOrder(IEnumerable<Finding> findings) =>
        findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.OpenedAt).ThenBy(finding => finding.Id);

    private static KeyReport Declared(ManagedKey key)
    {
        var expiresAt = key.Expires is { FingerprintPrefix: null } expires ? expires.ExpiresAt : (DateTimeOffset?)null;
        return new KeyReport
        {
            Id = key.Id.Value,
            Provider = key.Provider,
            Environment = key.Environment,
            Owner = key.Owner,
            State = key.Suspended ? KeyState.Suspended : null,
            Suspension = key.Suspension,
            ExpiresAt = expiresAt,
            ExpirySource = expiresAt is null ? ExpirySource.Unknown : ExpirySource.Declared,
            Locations = [.. key.Locations.Select(location => new LocationStatus { Location = location })],
        };
    }

    private static KeyReport WithChecks(KeyReport declared, ManagedKey key, KeyStatus status) => declared with
    {
        Verdict = status.Verdict,
        Reason = status.Reason,
        HttpStatus = status.HttpStatus,
        VerdictSince = status.VerdictSince,
        NextCheckAt = status.NextCheckAt,
        CheckedAt = status.CheckedAt,
        Locations = [.. key.Locations.Select(location => Seen(location, status))],
    };

    private static KeyReport WithVersion(KeyReport report, ManagedKey key, KeyStatus status) => report with
    {
        State = StateOf(key, status),
        Fingerprint = status.Fingerprint?.Short,
        ExpiresAt = status.ExpiresAt,
        ExpirySource = status.ExpirySource,
        RotationDueAt = DueDates.RotationDueAt(status, key.Policy),
    };

    // What is decided shows before the next check has seen it. A leak outranks all.
    private static KeyState StateOf(ManagedKey key, KeyStatus status) => (key.Suspended, status.State) switch
    {
        (true, not KeyState.Compromised) => KeyState.Suspended,
        (false, KeyState.Suspended) => KeyState.Active,
        _ => status.State,
    };

    private static LocationStatus Seen(SecretLocation location, KeyStatus status) =>
        status.Locations.FirstOrDefault(seen => IsSamePlace(seen.Location, location)) ?? new LocationStatus { Location = location };

    private static bool IsSamePlace(SecretLocation one, SecretLocation other) =>
        one.Store == other.Store && one.Name == other.Name && one.Field == other.Field;
}
