namespace KeyRotator.Keys;

/// <summary>What a provider's answer proves about a key.</summary>
public enum Verdict
{
    /// <summary>Nothing. The default, so that nothing uninitialised reads as good or bad.</summary>
    Inconclusive = 0,

    /// <summary>The provider recognised the key.</summary>
    Accepted,

    /// <summary>The provider said, in the way it documents, that the key is bad.</summary>
    Rejected,
}
