using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Cli.Output;

/// <summary>All that is known of one key.</summary>
internal sealed record KeyDossier
{
    /// <summary>As it is declared.</summary>
    public required ManagedKey Key { get; init; }

    /// <summary>As it was last observed, or null where it never was.</summary>
    public KeyStatus? Status { get; init; }

    /// <summary>As <c>status</c> shows it.</summary>
    public required KeyReport Report { get; init; }

    /// <summary>Who looks after its findings, and what is silenced.</summary>
    public required FindingAttention Attention { get; init; }

    /// <summary>The values seen for it, newest first.</summary>
    public IReadOnlyList<KeyVersion> Versions { get; init; } = [];

    /// <summary>How each of them came to its state, by sequence, oldest first.</summary>
    public ILookup<int, KeyTransition> Transitions { get; init; } = Array.Empty<KeyTransition>().ToLookup(_ => 0);

    /// <summary>What its checks said, newest first.</summary>
    public IReadOnlyList<CheckRun> History { get; init; } = [];
}
