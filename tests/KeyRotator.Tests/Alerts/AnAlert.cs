using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Secrets;

namespace KeyRotator.Tests.Alerts;

/// <summary>Builders of alerts, findings and channels with sensible members.</summary>
internal static class AnAlert
{
    public static DateTimeOffset At { get; } = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    public static AlertFinding Finding(
        string subject = "mistral-prod", FindingReason reason = FindingReason.KeyRejected, Severity severity = Severity.Critical) => new()
        {
            Id = "fnd_1",
            Reason = reason,
            Severity = severity,
            SubjectKind = SubjectKind.Key,
            Subject = subject,
            Message = "The provider says that the key is bad.",
            OpenedAt = At,
        };

    public static Alert Of(AlertKind kind, params IReadOnlyList<AlertFinding> findings) =>
        new() { Id = "msg_1", Kind = kind, At = At, Severity = Severity.Critical, Findings = findings };

    public static ChannelSettings Channel(
        string name = "ops", string url = "https://ops.example/hook", string? secret = null, string? previous = null) => new()
        {
            Name = name,
            Kind = "webhook",
            Url = new SecretValue(url),
            Secret = secret is null ? null : new SecretValue(secret),
            PreviousSecret = previous is null ? null : new SecretValue(previous),
        };
}
