namespace KeyRotator.Keys;

/// <summary>What was decided about a key version, in the words of NIST SP 800-57 Part 1 Rev. 5, section 7. Moved by an operator, a rotation
/// or an observed change of value, never by the clock.</summary>
public enum KeyState
{
    /// <summary>Handed in or written, not yet what consumers read.</summary>
    PreActivation = 0,

    /// <summary>What consumers read.</summary>
    Active,

    /// <summary>Held by an operator: tracked, not probed, not alerted on.</summary>
    Suspended,

    /// <summary>Superseded; kept until it is proven dead.</summary>
    Deactivated,

    /// <summary>An operator said so. Outranks all.</summary>
    Compromised,

    /// <summary>Gone from the store; its metadata and history stay.</summary>
    Destroyed,
}
