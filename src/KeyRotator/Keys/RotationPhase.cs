namespace KeyRotator.Keys;

/// <summary>How far a rotation has come. Those from <see cref="Completed"/> on are ends.</summary>
public enum RotationPhase
{
    /// <summary>Handed in, not proven yet; nothing is changed.</summary>
    Submitted = 0,

    /// <summary>The candidate was proven; nothing is written yet.</summary>
    Proven,

    /// <summary>The candidate waits in the key's holding place for its time, or for somebody's approval; no location holds it
    /// yet.</summary>
    Held,

    /// <summary>The candidate is on its way to the locations: some may hold it, some not yet.</summary>
    Installing,

    /// <summary>The candidate is live at every location; the old key works too, until somebody revokes it.</summary>
    Overlap,

    /// <summary>The old key was proven dead; it is asked once more a day later.</summary>
    OldKeyDead,

    /// <summary>An operator asked for the old value back, and the locations are on their way there.</summary>
    RollingBack,

    /// <summary>End: live everywhere, and the old key is dead.</summary>
    Completed,

    /// <summary>End: live everywhere; nobody could prove that the old key is dead.</summary>
    Unproven,

    /// <summary>End: nothing was changed.</summary>
    Refused,

    /// <summary>End: every location holds the old value again.</summary>
    RolledBack,

    /// <summary>End: an operator gave it up where it stood.</summary>
    Abandoned,
}

/// <summary>What opened a rotation.</summary>
public enum RotationKind
{
    /// <summary>An operator handed in a replacement.</summary>
    Replacement = 0,

    /// <summary>Somebody else changed the value: only the old one is seen out.</summary>
    Watch,

    /// <summary>An operator asked for the primary's value at every location: no key is replaced, so there is no overlap.</summary>
    Sync,
}

/// <summary>How far one location of a rotation has come. Those that end in -ing were recorded before their call: found so after a restart,
/// nobody knows what the call did.</summary>
public enum LocationStep
{
    /// <summary>Nothing was done.</summary>
    Planned = 0,

    /// <summary>A version that readers do not see is being added.</summary>
    Staging,

    /// <summary>That version is there and was read back.</summary>
    Staged,

    /// <summary>It is being made the current one.</summary>
    Promoting,

    /// <summary>The value is being written for all readers at once.</summary>
    Writing,

    /// <summary>The store said that the value is current; it was not read back yet.</summary>
    Written,

    /// <summary>It was read back.</summary>
    Done,

    /// <summary>The old value is being put back.</summary>
    Restoring,

    /// <summary>The old value is back, or was never gone.</summary>
    Restored,

    /// <summary>A copy is being removed: of the old value from where it was kept, or of the new one from where it waited.</summary>
    Removing,

    /// <summary>It is gone from there, or was left with a word on it.</summary>
    Removed,
}
