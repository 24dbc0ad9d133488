using KeyRotator.Secrets;

namespace KeyRotator.Keys;

/// <summary>What a key's newest rotation put in place: by it a check tells our own change from somebody else's.</summary>
/// <param name="NewFingerprint">Fingerprint of its candidate.</param>
/// <param name="OldFingerprint">Fingerprint of the value that it replaces, and that a roll-back puts back; null where there was
/// none.</param>
/// <param name="ExpiresAt">First instant at which the candidate no longer works, as the operator stated it (UTC); null where nothing was
/// stated.</param>
public sealed record RotationTrace(Fingerprint NewFingerprint, Fingerprint? OldFingerprint, DateTimeOffset? ExpiresAt)
{
    /// <summary>Whether a value is one that the rotation puts in place.</summary>
    public bool Expects(Fingerprint? fingerprint) =>
        fingerprint == NewFingerprint || (fingerprint is not null && fingerprint == OldFingerprint);
}
