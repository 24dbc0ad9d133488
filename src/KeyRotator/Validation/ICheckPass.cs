using KeyRotator.Keys;

namespace KeyRotator.Validation;

/// <summary>One pass over keys: read, probe, assess, record, deliver alerts.</summary>
internal interface ICheckPass
{
    /// <summary>Runs it. Cancelled, it leaves what was recorded so far, whole keys only, and the next pass goes on from there.</summary>
    /// <param name="request">Over which keys, and how.</param>
    /// <param name="progress">Told after every key, from any thread.</param>
    /// <param name="cancellationToken">Ends the pass early.</param>
    /// <exception cref="State.StateException">What was seen could not be recorded.</exception>
    Task<CheckPassResult> RunAsync(CheckPassRequest request, IProgress<CheckProgress> progress, CancellationToken cancellationToken);
}

/// <summary>What a pass is to do.</summary>
/// <param name="Keys">The keys to check, or null for the whole inventory.</param>
/// <param name="SendAlerts">Whether alerts are sent; where not, they are written to the outbox all the same and the next pass sends
/// them.</param>
/// <param name="IgnoreCadence">Whether keys are probed that are not due by their own cadence. The provider's least time between probes
/// stays.</param>
internal sealed record CheckPassRequest(IReadOnlyList<ManagedKey>? Keys, bool SendAlerts, bool IgnoreCadence)
{
    /// <summary>After that no further key is started; those that are left stay due. Null for no limit.</summary>
    public TimeSpan? Budget { get; init; }
}

/// <summary>How far a pass is.</summary>
/// <param name="Checked">Keys that are done.</param>
/// <param name="Total">Keys of the pass.</param>
/// <param name="Rejected">Of those done, how many were rejected.</param>
internal readonly record struct CheckProgress(int Checked, int Total, int Rejected);

/// <summary>What a pass did. What it found stands in the database.</summary>
internal sealed record CheckPassResult
{
    /// <summary>When the pass began (UTC).</summary>
    public required DateTimeOffset CheckedAt { get; init; }

    /// <summary>Keys that were checked.</summary>
    public required int Checked { get; init; }

    /// <summary>Of them, keys whose last answer is a rejection.</summary>
    public int Rejected { get; init; }

    /// <summary>Of them, keys that were probed so short a time ago that their provider was not asked again.</summary>
    public int Skipped { get; init; }

    /// <summary>Of them, keys whose provider could not be asked in this pass: it wants a pause, does not answer, or time ran out. They stay
    /// due.</summary>
    public int PutOff { get; init; }

    /// <summary>Locations that could not be read.</summary>
    public int StoreFailures { get; init; }

    /// <summary>Messages that reached their channel.</summary>
    public int AlertsDelivered { get; init; }

    /// <summary>Messages that wait for a later pass.</summary>
    public int AlertsWaiting { get; init; }

    /// <summary>True where something waits for an operator's decision.</summary>
    public bool NeedsOperator { get; init; }
}
