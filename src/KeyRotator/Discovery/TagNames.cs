namespace KeyRotator.Discovery;

/// <summary>The tags that say what a key is: their names begin with that of the tag which says that it is one.</summary>
/// <param name="tag">That tag's name.</param>
internal sealed class TagNames(string tag)
{
    /// <summary>The provider instance.</summary>
    public string Provider { get; } = $"{tag}-provider";

    /// <summary>The environment.</summary>
    public string Environment { get; } = $"{tag}-environment";

    /// <summary>Who answers for it.</summary>
    public string Owner { get; } = $"{tag}-owner";

    /// <summary>The field of the secret.</summary>
    public string Field { get; } = $"{tag}-field";

    /// <summary>Its expiry.</summary>
    public string Expires { get; } = $"{tag}-expires";
}
