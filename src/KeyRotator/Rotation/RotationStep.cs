using KeyRotator.Keys;

namespace KeyRotator.Rotation;

/// <summary>What a rotation does next.</summary>
internal abstract record RotationStep
{
    private RotationStep()
    {
    }

    /// <summary>The candidate is proven, before anything is written or again after a while.</summary>
    public sealed record Prove : RotationStep;

    /// <summary>The candidate is read from a location that holds it already.</summary>
    public sealed record Recover : RotationStep;

    /// <summary>It is found out what an interrupted call did.</summary>
    public sealed record Settle(RotationLocation Location) : RotationStep;

    /// <summary>The candidate is added where readers do not see it yet.</summary>
    public sealed record Stage(RotationLocation Location) : RotationStep;

    /// <summary>The version that is about to be superseded is pinned.</summary>
    public sealed record Pin(RotationLocation Location) : RotationStep;

    /// <summary>A staged version is made the current one.</summary>
    public sealed record Promote(RotationLocation Location) : RotationStep;

    /// <summary>The candidate is written for all readers at once.</summary>
    public sealed record Write(RotationLocation Location) : RotationStep;

    /// <summary>What was written is read back.</summary>
    public sealed record ReadBack(RotationLocation Location) : RotationStep;

    /// <summary>The old value is put back.</summary>
    public sealed record Restore(RotationLocation Location) : RotationStep;

    /// <summary>The old value is copied to where it is kept until the end.</summary>
    public sealed record Keep(RotationLocation Kept) : RotationStep;

    /// <summary>That copy is removed, on the way to an end.</summary>
    public sealed record Unkeep(RotationLocation Kept, End Then) : RotationStep;

    /// <summary>The candidate is written to where it waits.</summary>
    public sealed record Hold(RotationLocation Held) : RotationStep;

    /// <summary>The candidate is read from where it waited: its time has come.</summary>
    public sealed record Fetch(RotationLocation Held) : RotationStep;

    /// <summary>It is removed from there: the locations hold it, or it comes to an end.</summary>
    public sealed record Unhold(RotationLocation Held, End? Then) : RotationStep;

    /// <summary>A secret that was written is marked as this installation's, and the rotation's.</summary>
    public sealed record Mark(RotationLocation Location) : RotationStep;

    /// <summary>Pin and mark are taken away, on the way to an end.</summary>
    public sealed record Tidy(RotationLocation Location, End Then) : RotationStep;

    /// <summary>The candidate is live everywhere: the overlap begins.</summary>
    public sealed record GoLive : RotationStep;

    /// <summary>The provider is asked about the new and the old key.</summary>
    public sealed record AskAboutOld : RotationStep;

    /// <summary>The old version is destroyed where it lies.</summary>
    public sealed record Purge(RotationLocation Location) : RotationStep;

    /// <summary>Nothing before that time.</summary>
    public sealed record Wait(DateTimeOffset Until) : RotationStep;

    /// <summary>An operator must decide.</summary>
    public sealed record Ask(string Needs) : RotationStep;

    /// <summary>It ends.</summary>
    public sealed record End(RotationPhase Phase, string Outcome) : RotationStep;
}

/// <summary>What the next step depends on beside the rotation itself.</summary>
internal sealed record RotationView
{
    /// <summary>Whether the candidate's value is at hand.</summary>
    public bool HasValue { get; init; }

    /// <summary>The stores that can stage, by name.</summary>
    public IReadOnlySet<string> StagingStores { get; init; } = new HashSet<string>();

    /// <summary>The stores that drop an earlier version unless it is pinned, by name.</summary>
    public IReadOnlySet<string> PinningStores { get; init; } = new HashSet<string>();

    /// <summary>The stores that keep tags, by name.</summary>
    public IReadOnlySet<string> TaggingStores { get; init; } = new HashSet<string>();

    /// <summary>The stores that keep earlier versions, by name.</summary>
    public IReadOnlySet<string> VersionedStores { get; init; } = new HashSet<string>();

    /// <summary>Whether the old version is destroyed once the old key is dead.</summary>
    public bool Purges { get; init; }
}
