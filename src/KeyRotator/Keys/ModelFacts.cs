namespace KeyRotator.Keys;

/// <summary>What the provider's last usable model list said about the models that a key's consumers declared.</summary>
public sealed record ModelFacts
{
    /// <summary>No list was read yet, or none can be.</summary>
    public static ModelFacts None { get; } = new();

    /// <summary>Declared models that are not in the list. Empty where the list was not whole.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Declared models that the vendor calls deprecated, each with its shutdown date where one is given.</summary>
    public IReadOnlyList<ModelDeprecation> Deprecated { get; init; } = [];

    /// <summary>Declared models that are aliases, which may come to mean another model.</summary>
    public IReadOnlyList<string> Floating { get; init; } = [];

    /// <summary>SHA-256 (hexadecimal) of the sorted model ids of the list, or null where none was read; the ids are kept once for each
    /// digest.</summary>
    public string? ListDigest { get; init; }
}

/// <summary>A declared model that is going away.</summary>
/// <param name="Model">Its id, as declared.</param>
/// <param name="At">When it stops answering (UTC), or null where the vendor gives no date.</param>
/// <param name="Replacement">What the vendor recommends instead, or null.</param>
public sealed record ModelDeprecation(string Model, DateTimeOffset? At, string? Replacement);
