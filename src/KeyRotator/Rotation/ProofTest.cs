using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Rotation;

/// <summary>How one test of a candidate came out.</summary>
internal enum ProofOutcome
{
    /// <summary>It is not fit: nothing is written.</summary>
    Failed = 0,

    /// <summary>Nothing speaks against it, but the operator should know.</summary>
    Warning,

    /// <summary>It is as it should be.</summary>
    Passed,
}

/// <summary>One test of a candidate.</summary>
/// <param name="Name">What was tested, in a word or two.</param>
/// <param name="Outcome">How it came out.</param>
/// <param name="Message">A sentence of ours: what was seen, or what to do. Never a value.</param>
internal sealed record ProofTest(string Name, ProofOutcome Outcome, string Message);

/// <summary>All tests of a candidate.</summary>
/// <param name="Tests">In their order; the first that failed is the last.</param>
/// <param name="Answer">The provider's last answer, or null where it was not asked.</param>
internal sealed record ProofReport(IReadOnlyList<ProofTest> Tests, ProbeVerdict? Answer)
{
    /// <summary>Whether it may be written.</summary>
    public bool Passed => Tests.All(test => test.Outcome is not ProofOutcome.Failed);

    /// <summary>Why it may not, or null.</summary>
    public string? Refusal => Tests.FirstOrDefault(test => test.Outcome is ProofOutcome.Failed)?.Message;
}

/// <summary>What is known of other values when a candidate is tested.</summary>
internal sealed record CandidateKnowledge
{
    /// <summary>Other keys that hold the candidate's value now.</summary>
    public IReadOnlyList<KeyId> Holders { get; init; } = [];

    /// <summary>A key that had the value before, or null.</summary>
    public KeyVersion? Retired { get; init; }

    /// <summary>Whether it is a value of the key's own, which may have been used before.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The key's status, or null where it was never checked.</summary>
    public KeyStatus? Status { get; init; }

    /// <summary>The models that the old value saw last; null where no list is on record.</summary>
    public IReadOnlyList<string>? OldModels { get; init; }

    /// <summary>Whether the instance accepted a made-up key: its answers prove nothing.</summary>
    public bool IsControlAccepted { get; init; }

    /// <summary>Whether the instance ever accepted a key: from then on a "wrong key or wrong place" is about the key.</summary>
    public bool IsPlaceKnown { get; init; }
}
