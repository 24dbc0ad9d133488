using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Tests.Contracts;

/// <summary>One documented answer and what it proves.</summary>
public sealed record ProbeRow(string Name, int Status, string Body, Verdict Verdict, VerdictReason Reason, string Source)
{
    public string MediaType { get; init; } = "application/json";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Format of the key that was sent; null means the provider's first.</summary>
    public string? Format { get; init; }

    /// <summary>The instance that was asked; null means the contract's.</summary>
    public ProviderInstance? Instance { get; init; }

    public bool IsTransient { get; init; }

    public bool NeedsKnownPlace { get; init; }

    public static ProbeRow Ok(string name, string body, string source) => new(name, 200, body, Verdict.Accepted, VerdictReason.Ok, source);

    public static ProbeRow Accepted(string name, int status, string body, VerdictReason reason, string source) =>
        new(name, status, body, Verdict.Accepted, reason, source);

    public static ProbeRow Rejected(string name, int status, string body, VerdictReason reason, string source) =>
        new(name, status, body, Verdict.Rejected, reason, source);

    public static ProbeRow Inconclusive(string name, int status, string body, VerdictReason reason, string source) =>
        new(name, status, body, Verdict.Inconclusive, reason, source);
}
