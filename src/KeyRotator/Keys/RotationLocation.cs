using KeyRotator.Secrets;

namespace KeyRotator.Keys;

/// <summary>Where one location of a rotation stands. Immutable. Never a value.</summary>
public sealed record RotationLocation
{
    /// <summary>The ordinal of the place where the old value is kept, which is none of the key's locations.</summary>
    public const int KeptOrdinal = -1;

    /// <summary>The ordinal of the place where the new value waits, which is none of the key's locations.</summary>
    public const int HeldOrdinal = -2;

    /// <summary>Its place among the key's locations, from 0: the primary. <see cref="KeptOrdinal"/>: where the old value is
    /// kept. <see cref="HeldOrdinal"/>: where the new one waits.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Where.</summary>
    public required SecretLocation Location { get; init; }

    /// <summary>How far it has come.</summary>
    public LocationStep Step { get; init; }

    /// <summary>Fingerprint of the value that stands there before the rotation; null where nothing does.</summary>
    public Fingerprint? Before { get; init; }

    /// <summary>The version that a write replaces, as the store names it; null where there is none.</summary>
    public string? BaseVersion { get; init; }

    /// <summary>The version that holds the candidate; null while none does, or where the store has none.</summary>
    public string? NewVersion { get; init; }

    /// <summary>Makes repeats of the present attempt one write.</summary>
    public Guid Token { get; init; }

    /// <summary>How many writes were begun. Each has a token of its own.</summary>
    public int Attempt { get; init; }

    /// <summary>When the present step was begun (UTC), or null.</summary>
    public DateTimeOffset? BegunAt { get; init; }

    /// <summary>Since when it cannot go on (UTC), or null.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Not to be tried before then (UTC), or null.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Why the last attempt failed, a sentence of ours; null where none did.</summary>
    public string? Fault { get; init; }

    /// <summary>What is done at the store beside the value.</summary>
    public RotationCare Care { get; init; } = RotationCare.None;

    /// <summary>A value that nobody expected there, or null. It is never overwritten unseen.</summary>
    public ForeignSighting? Foreign { get; init; }

    /// <summary>The location one step on, and nothing of what had failed before it.</summary>
    public RotationLocation MovedTo(LocationStep step) =>
        this with { Step = step, BegunAt = null, FailingSince = null, Failures = 0, RetryAt = null, Fault = null };

    /// <summary>Whether it is where the old value is kept.</summary>
    public bool IsKept => Ordinal == KeptOrdinal;

    /// <summary>Whether it is where the new value waits for its time.</summary>
    public bool IsHeld => Ordinal == HeldOrdinal;

    /// <summary>Whether a copy of the old value, or of one that waits, may lie there that this rotation made or found.</summary>
    public bool HoldsCopy =>
        (IsKept || IsHeld) && Step is (LocationStep.Writing or LocationStep.Written or LocationStep.Done or LocationStep.Removing);

    /// <summary>Whether nothing is to be done there any more.</summary>
    public bool IsSettled => Step is LocationStep.Done or LocationStep.Restored;

    /// <summary>Whether a call was begun whose outcome is not on record.</summary>
    public bool IsUnknown => Step is LocationStep.Staging or LocationStep.Promoting or LocationStep.Writing or LocationStep.Restoring;
}

/// <summary>A value at a location that is neither the one before nor the candidate.</summary>
/// <param name="Fingerprint">Its fingerprint; null where the value is gone.</param>
/// <param name="Version">Its version, or null where the store has none.</param>
/// <param name="WrittenAt">When it was written (UTC), or null where the store does not tell.</param>
/// <param name="WrittenBy">Who wrote it, or null where the store does not tell.</param>
public sealed record ForeignSighting(Fingerprint? Fingerprint, string? Version, DateTimeOffset? WrittenAt, string? WrittenBy);
