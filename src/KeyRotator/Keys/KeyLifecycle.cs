namespace KeyRotator.Keys;

/// <summary>Which moves between states are allowed (NIST SP 800-57 Part 1 Rev. 5, section 7, trimmed to bearer secrets).</summary>
public static class KeyLifecycle
{
    /// <summary>True where a version may move from one state to the other. A state does not move to itself.</summary>
    /// <remarks>There is no way back from Deactivated to Active: a roll-back is a new version that carries the old value.</remarks>
    public static bool Allows(KeyState from, KeyState to) => from switch
    {
        KeyState.PreActivation => to is KeyState.Active or KeyState.Destroyed or KeyState.Compromised,
        KeyState.Active => to is KeyState.Suspended or KeyState.Deactivated or KeyState.Compromised,
        KeyState.Suspended => to is KeyState.Active or KeyState.Deactivated or KeyState.Compromised,
        KeyState.Deactivated => to is KeyState.Destroyed or KeyState.Compromised,
        KeyState.Compromised => to is KeyState.Destroyed,
        _ => false,
    };
}
