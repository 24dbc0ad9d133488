using KeyRotator.Keys;

namespace KeyRotator.Validation;

/// <summary>Counts the probes in a row that an instance did not serve during one pass. Each may cost the whole time limit: after a few of
/// them nobody waits for the rest.</summary>
/// <param name="bearable">So many in a row are borne.</param>
internal sealed class InstanceSilence(int bearable)
{
    private int _inARow;

    /// <summary>How long an instance that is silent is left alone.</summary>
    public static TimeSpan Rest { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether it has gone on for too long.</summary>
    public bool IsTooLong => Volatile.Read(ref _inARow) >= bearable;

    /// <summary>Takes note of one more outcome.</summary>
    public void Note(ProbeResult result)
    {
        if (IsServed(result))
        {
            Volatile.Write(ref _inARow, 0);
            return;
        }

        Interlocked.Increment(ref _inARow);
    }

    // A provider that asks for quiet after every probe serves as little as one that does not answer.
    private static bool IsServed(ProbeResult result) => result.Verdict switch
    {
        { Verdict: Verdict.Inconclusive, Reason: VerdictReason.Network or VerdictReason.Tls or VerdictReason.Timeout } => false,
        { Verdict: Verdict.Inconclusive } => result.RetryAt is null,
        _ => true,
    };
}
