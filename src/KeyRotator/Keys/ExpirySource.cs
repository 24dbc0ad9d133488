namespace KeyRotator.Keys;

/// <summary>Who said when a key version expires.</summary>
public enum ExpirySource
{
    /// <summary>Nobody: the expiry is unknown.</summary>
    Unknown = 0,

    /// <summary>The provider, or the key itself.</summary>
    Introspected,

    /// <summary>Stated for that very version, by an operator or by fingerprint in the file.</summary>
    Stated,

    /// <summary>The file's plain date.</summary>
    Declared,

    /// <summary>No statement; the policy's <c>rotateEvery</c> from first sight. A wish, not a fact: it is never an expiry.</summary>
    Policy,
}
