using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;

namespace KeyRotator.Tests.Cli.Output;

/// <summary>Reports and findings as rendering tests need them, seen at the manual clock's start.</summary>
internal static class Sample
{
    private const string RejectedMessage = "OpenAI says twice that the key is invalid. Replace it: keyrotator rotate openai-ci.";

    public static DateTimeOffset Now { get; } = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Nothing is silenced.</summary>
    public static FindingAttention Attention => new(Writer, [], Now);

    /// <summary>A ledger without keys.</summary>
    public static FindingWriter Writer => new(new Settings { Database = new DatabaseSettings() }, new KeyRotator.Keys.Inventory([]), "i");

    public static KeyReport Accepted(string id = "mistral-prod-backend") => new()
    {
        Id = id,
        Provider = "mistral",
        Environment = "prod",
        Owner = "team-search",
        State = KeyState.Active,
        Verdict = Verdict.Accepted,
        Reason = VerdictReason.Ok,
        HttpStatus = 200,
        VerdictSince = Now.AddDays(-3),
        Fingerprint = "3f2a9c01b7de",
        ExpiresAt = new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero),
        ExpirySource = ExpirySource.Declared,
        RotationDueAt = Now.AddDays(30),
        NextCheckAt = Now.AddMinutes(13),
        CheckedAt = Now.AddMinutes(-2),
        Locations = [new LocationStatus { Location = new() { Store = "prod-aws", Name = "prod/llm", Field = "KEY" }, Version = "v7" }],
    };

    public static KeyReport Rejected(string id = "openai-ci") => Accepted(id) with
    {
        Provider = "openai",
        Environment = "ci",
        Verdict = Verdict.Rejected,
        Reason = VerdictReason.Invalid,
        HttpStatus = 401,
        ExpiresAt = null,
        ExpirySource = ExpirySource.Unknown,
        Findings = [Finding(FindingReason.KeyRejected, Severity.Critical, FindingSubject.Key(id), RejectedMessage)],
    };

    public static Finding Finding(FindingReason reason, Severity severity, FindingSubject subject, string message) => new()
    {
        Id = 1,
        Key = new FindingKey(subject, reason, 1, ""),
        Severity = severity,
        Message = message,
        OpenedAt = Now.AddMinutes(-90),
    };
}
