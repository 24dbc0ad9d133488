namespace KeyRotator.Metrics;

/// <summary>What is told of keys and of what was found. Those of one key have its id, provider instance, environment, owner.</summary>
internal static class KeyMetrics
{
    private const string Key = "key";
    private const string Provider = "provider";
    private const string Environment = "environment";
    private const string Owner = "owner";

    public static readonly MetricFamily Count = new(
        "keyrotator.keys", MetricKind.Gauge, "{key}", "Managed keys, by what was last proven of them and by what was decided.",
        Provider, Environment, "state", "verdict", "reason");

    public static readonly MetricFamily FirstExpiry = new(
        "keyrotator.keys.first_expiration.timestamp", MetricKind.Gauge, "s",
        "When the first of the keys that are not suspended expires, or has expired.", Provider, Environment);

    public static readonly MetricFamily ReadAt = new(
        "keyrotator.keys.read.timestamp", MetricKind.Gauge, "s", "When what is told of keys was read from the database.");

    public static readonly MetricFamily ExpiresAt = PerKey(
        "keyrotator.key.expiration.timestamp", "s", "When a key expires, or has expired; absent where nobody knows.");

    public static readonly MetricFamily ExpiryKnown = PerKey(
        "keyrotator.key.expiry_known", "", "Whether it is known when a key expires.");

    public static readonly MetricFamily Verdict = PerKey(
        "keyrotator.key.verdict", "", "What the provider said last of a key, and why: always 1.", "verdict", "reason");

    public static readonly MetricFamily State = PerKey(
        "keyrotator.key.state", "", "What was decided about a key: always 1.", "state");

    public static readonly MetricFamily CheckedAt = PerKey(
        "keyrotator.key.last_check.timestamp", "s", "When a key was last checked, with whatever outcome.");

    public static readonly MetricFamily AcceptedAt = PerKey(
        "keyrotator.key.last_success.timestamp", "s", "When the provider last accepted the current value of a key.");

    public static readonly MetricFamily NextCheckAt = PerKey(
        "keyrotator.key.next_check.timestamp", "s", "When a key is due to be checked; absent where it is not looked after.");

    public static readonly MetricFamily FirstSeenAt = PerKey(
        "keyrotator.key.first_seen.timestamp", "s", "When the current value of a key was first seen.");

    public static readonly MetricFamily RotationDueAt = PerKey(
        "keyrotator.key.rotation_due.timestamp", "s", "When a key is due to be rotated.");

    public static readonly MetricFamily RotatedAt = PerKey(
        "keyrotator.key.last_rotation.timestamp", "s", "When a replacement of a key was last in place everywhere.");

    public static readonly MetricFamily Findings = new(
        "keyrotator.findings", MetricKind.Gauge, "{finding}", "Open findings that nothing holds back.", "reason", "severity");

    public static readonly MetricFamily HeldFindings = new(
        "keyrotator.findings.held", MetricKind.Gauge, "{finding}",
        "Open findings that are held back, for example while a provider's outage may be to blame.", "reason");

    public static readonly MetricFamily FindingOpenedAt = new(
        "keyrotator.finding.opened.timestamp", MetricKind.Gauge, "s",
        "Since when a critical finding or a warning is open, of all of one reason about one subject the oldest; held ones are left out.",
        "kind", "subject", Provider, Environment, Owner, "reason", "severity");

    /// <summary>How many labels every sample of a key begins with.</summary>
    public const int OfEveryKey = 4;

    public static IReadOnlyList<MetricFamily> All { get; } =
    [
        Count, FirstExpiry, ReadAt, ExpiresAt, ExpiryKnown, Verdict, State, CheckedAt, AcceptedAt, NextCheckAt, FirstSeenAt, RotationDueAt,
        RotatedAt, Findings, HeldFindings, FindingOpenedAt,
    ];

    private static MetricFamily PerKey(string name, string unit, string help, params string[] more) =>
        new(name, MetricKind.Gauge, unit, help, [Key, Provider, Environment, Owner, .. more]) { IsPerKey = true };
}
