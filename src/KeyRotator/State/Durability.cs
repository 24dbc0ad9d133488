namespace KeyRotator.State;

/// <summary>What a commit survives.</summary>
internal enum Durability
{
    /// <summary>A loss of power too: it waits for the disk.</summary>
    PowerLoss = 0,

    /// <summary>The end of the process. After a loss of power the last ones may be undone, newest first: only for what may then be done
    /// again.</summary>
    ProcessEnd,
}
