using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Cli.Output;

/// <summary>A key as <c>check</c> and <c>status</c> show it: what is declared, what was observed and what is wrong, in one.</summary>
internal sealed record KeyReport
{
    /// <summary>The key's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its provider instance.</summary>
    public required string Provider { get; init; }

    /// <summary>Its environment, or null.</summary>
    public string? Environment { get; init; }

    /// <summary>Its owner, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>State of its current version, or null where no value was ever seen.</summary>
    public KeyState? State { get; init; }

    /// <summary>Who holds it, or null.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>What the last probe proved.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Why.</summary>
    public VerdictReason Reason { get; init; }

    /// <summary>HTTP status of the last answer, or null.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Since when verdict and reason are what they are (UTC), or null.</summary>
    public DateTimeOffset? VerdictSince { get; init; }

    /// <summary>The shown digits of the current version's fingerprint, or null.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>First instant at which it no longer works (UTC), or null.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Who said so.</summary>
    public ExpirySource ExpirySource { get; init; }

    /// <summary>When it is to be replaced (UTC), or null.</summary>
    public DateTimeOffset? RotationDueAt { get; init; }

    /// <summary>When it is checked next (UTC), or null.</summary>
    public DateTimeOffset? NextCheckAt { get; init; }

    /// <summary>When it was last checked (UTC), or null.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>Its declared locations and what was last seen there, the primary first.</summary>
    public IReadOnlyList<LocationStatus> Locations { get; init; } = [];

    /// <summary>The replacement that waits for its time or an approval, or null.</summary>
    public WaitingRotation? Waiting { get; init; }

    /// <summary>What is wrong now, the worst first.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}
